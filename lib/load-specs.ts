import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SpecError } from '#core/errors.ts';
import { DatasetSpec } from '#core/spec/dataset.ts';
import { defineModel, type ModelSpec } from '#core/spec/model.ts';

export interface Specs {
  readonly datasets: readonly DatasetSpec[];
  readonly models: readonly ModelSpec[];
}

/**
 * Every dataset of `datasets/*.ts` and every model of `models/*.ts` below a project folder.
 * @throws SpecError naming file, field, value and what was expected
 */
export async function loadSpecs(project: string): Promise<Specs> {
  const datasets = await loadFolder<DatasetSpec>(
    project,
    'datasets',
    (value) => DatasetSpec.safeParse(value).success,
  );
  const models = await loadFolder<ModelSpec>(project, 'models', isModel);
  const known = new Map(datasets.map(({ spec }) => [spec.name, spec]));
  for (const { file, spec } of models) {
    for (const dataset of [spec.from, ...spec.join.map((join) => join.dataset)]) {
      if (JSON.stringify(known.get(dataset.name)) !== JSON.stringify(dataset)) {
        const expected = `a dataset of datasets/*.ts (${[...known.keys()].join(', ')})`;
        throw new SpecError(file, [{ field: 'from or join', expected, got: JSON.stringify(dataset.name) }]);
      }
    }
  }
  return { datasets: datasets.map(({ spec }) => spec), models: models.map(({ spec }) => spec) };
}

async function loadFolder<Spec extends { name: string }>(
  project: string,
  folder: string,
  isSpec: (value: unknown) => boolean,
): Promise<{ file: string; spec: Spec }[]> {
  const found: { file: string; spec: Spec }[] = [];
  for (const name of readdirSync(join(project, folder))
    .filter((name) => name.endsWith('.ts'))
    .sort()) {
    const path = join(project, folder, name);
    const file = relative(process.cwd(), path);
    const exported = await importSpecs(path, file);
    const specs = Object.values(exported).filter(isSpec) as Spec[];
    if (specs.length === 0) {
      const expected =
        folder === 'datasets' ? 'an exported defineDataset({...})' : 'an exported defineModel({...})';
      throw new SpecError(file, [
        { field: 'exports', expected, got: Object.keys(exported).join(', ') || 'nothing' },
      ]);
    }
    for (const spec of specs) {
      const twin = found.find((other) => other.spec.name === spec.name);
      if (twin) {
        throw new SpecError(file, [
          { field: 'name', expected: `a name not used in ${twin.file}`, got: spec.name },
        ]);
      }
      found.push({ file, spec });
    }
  }
  return found;
}

async function importSpecs(path: string, file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SpecError)
      throw new SpecError(`${file}: ${error.message.split('\n', 1)[0]}`, error.problems);
    throw error;
  }
}

function isModel(value: unknown): boolean {
  try {
    defineModel(value as never);
    return true;
  } catch {
    return false;
  }
}
