import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SpecError, showValue } from '#core/errors.ts';
import { type DatasetSpec, defineDataset } from '#core/spec/dataset.ts';
import { defineModel, type ModelSpec } from '#core/spec/model.ts';

export interface Specs {
  readonly datasets: readonly DatasetSpec[];
  readonly models: readonly ModelSpec[];
}

/**
 * Every dataset of `datasets/*.ts` and every model of `models/*.ts` below a project folder. What else these files
 * export is theirs. A project without models only keeps data.
 * @throws SpecError naming file, field, value and what was expected
 */
export async function loadSpecs(project: string): Promise<Specs> {
  if (!existsSync(join(project, 'datasets'))) {
    const problem = { field: 'datasets', expected: 'a folder with files such as flights.ts', got: 'none' };
    throw new SpecError(`project ${project}`, [problem]);
  }
  const datasets = await loadFolder(project, 'datasets', 'defineDataset', defineDataset);
  const models = await loadFolder(project, 'models', 'defineModel', defineModel);
  const known = new Map(datasets.map(({ spec }) => [spec.name, spec]));
  for (const { file, spec } of models) {
    const joined = spec.join.map(({ dataset }, index) => ({ field: `join[${index}].dataset`, dataset }));
    for (const { field, dataset } of [{ field: 'from', dataset: spec.from }, ...joined]) {
      if (JSON.stringify(known.get(dataset.name)) === JSON.stringify(dataset)) continue;
      const expected = `a dataset exported by datasets/*.ts (${[...known.keys()].join(', ')})`;
      throw new SpecError(file, [{ field, expected, got: showValue(dataset.name) }]);
    }
  }
  return { datasets: datasets.map(({ spec }) => spec), models: models.map(({ spec }) => spec) };
}

async function loadFolder<Spec extends { name: string }>(
  project: string,
  folder: string,
  defineName: string,
  define: (value: never) => Spec,
): Promise<{ file: string; spec: Spec }[]> {
  const found: { file: string; spec: Spec }[] = [];
  for (const path of listFiles(join(project, folder))) {
    const file = relative(process.cwd(), path);
    const exported = await importSpecs(path, file);
    const specs = [...new Set(Object.values(exported))].flatMap((value) => asSpec(value, define));
    if (specs.length === 0) {
      const expected = `an exported ${defineName}({...})`;
      const got = Object.keys(exported).join(', ') || 'nothing';
      throw new SpecError(file, [{ field: 'exports', expected, got }]);
    }
    for (const spec of specs) {
      const twin = found.find((other) => other.spec.name === spec.name);
      if (twin) {
        const expected = `a name not used in ${twin.file}`;
        throw new SpecError(file, [{ field: 'name', expected, got: showValue(spec.name) }]);
      }
      found.push({ file, spec });
    }
  }
  return found;
}

function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
  return names.sort().map((name) => join(folder, name));
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

/** The export as a spec with its defaults; nothing when it is none. A wrong one threw when its file was imported. */
function asSpec<Spec>(value: unknown, define: (value: never) => Spec): Spec[] {
  try {
    return [define(value as never)];
  } catch {
    return [];
  }
}
