import { loadSpecs } from '#lib/load-specs.ts';
import { PROJECT_ROOT } from '#lib/project-root.ts';
import { requireKnown } from './arguments.ts';
import { EXIT, type ExitCode, type Printer, plain } from './printer.ts';
import { list } from './table.ts';

export interface ShowSpecOptions {
  readonly name: string;
  /** Folder with `datasets/` and `models/`. @default the project itself */
  readonly project?: string;
}

/** `leeboard show spec`: a model or dataset as it is deployed, every default filled in. Needs no deployment. */
export async function showSpec(
  { name, project = PROJECT_ROOT }: ShowSpecOptions,
  print: Printer,
): Promise<ExitCode> {
  const { datasets, models } = await loadSpecs(project);
  const specs = [...models, ...datasets];
  requireKnown(
    'model or dataset',
    name,
    specs.map((spec) => spec.name),
  );
  const spec = specs.find((candidate) => candidate.name === name) as object;
  const known = new Set(datasets.map((dataset) => dataset.name));
  print.result(spec, () => list(describeSpec(spec, known)));
  return EXIT.ok;
}

/**
 * A spec's fields, a line each: path and value. Fields that hold scalars only share a line; a dataset within a
 * model is its name.
 */
export function describeSpec(
  spec: object,
  datasets: ReadonlySet<string>,
): (readonly [path: string, value: string])[] {
  return Object.entries(spec).flatMap(([field, value]) => lines(field, value, datasets));
}

function lines(
  path: string,
  value: unknown,
  datasets: ReadonlySet<string>,
): (readonly [path: string, value: string])[] {
  if (!isContainer(value)) return [[path, scalar(value)]];
  if ('columns' in value && 'name' in value && datasets.has(String(value.name))) {
    return [[path, `dataset ${value.name}`]];
  }
  const members = Object.entries(value);
  if (members.length === 0) return [[path, 'none']];
  if (members.every(([, member]) => !isContainer(member))) {
    const named = members.map(([name, member]) =>
      Array.isArray(value) ? scalar(member) : `${name} ${scalar(member)}`,
    );
    return [[path, named.join(', ')]];
  }
  return members.flatMap(([name, member]) =>
    lines(Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`, member, datasets),
  );
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const scalar = (value: unknown): string => plain(String(value));
