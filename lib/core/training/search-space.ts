import { InvalidInputError } from '../errors.ts';
import {
  type Direction,
  defaultSpace,
  type ParameterSpaces,
  type SearchSpace,
  type Setting,
} from '../search/index.ts';
import { candidatesOf, type SingleAlgorithm } from '../spec/algorithm.ts';
import type { ModelSpec } from '../spec/model.ts';
import type { SearchSpec } from '../spec/search.ts';
import { type ComparedMetric, isHigherBetter, primaryMetric } from '../spec/task.ts';

/** A search as the samplers take it. */
export interface SearchPlan {
  readonly search: SearchSpec;
  readonly metric: ComparedMetric;
  readonly direction: Direction;
  readonly space: SearchSpace;
  /** The spec's own settings: tried before any that is drawn. */
  readonly first: readonly Setting[];
}

/** What a version of this model is chosen by: the search's metric, or what the algorithm minimises. */
export function chosenBy(model: Pick<ModelSpec, 'task' | 'algorithm' | 'search'>): ComparedMetric {
  const [first] = candidatesOf(model.algorithm);
  return (
    (model.search?.metric as ComparedMetric | undefined) ??
    primaryMetric(model.task, first as SingleAlgorithm)
  );
}

/**
 * @param rows that a trial learns from
 * @returns undefined when there is nothing to search: one algorithm with its own settings
 */
export function planSearch(model: ModelSpec, rows: number): SearchPlan | undefined {
  const candidates = candidatesOf(model.algorithm);
  const { search } = model;
  if (!search) return undefined;
  const metric = chosenBy(model);
  const spaces = candidates.map((candidate) => [candidate.kind, spaceOf(candidate, search, rows)] as const);
  return {
    search,
    metric,
    direction: isHigherBetter(metric) ? 'maximize' : 'minimize',
    space: { candidates: Object.fromEntries(spaces) },
    first: spaces.map(([kind, space], index) => ({
      candidate: kind,
      parameters: ownSetting(candidates[index] as SingleAlgorithm, space),
    })),
  };
}

/** The candidate with a trial's settings in place of its own. */
export function withSetting(
  model: Pick<ModelSpec, 'algorithm'>,
  { candidate, parameters }: Setting,
): SingleAlgorithm {
  const base = candidatesOf(model.algorithm).find(({ kind }) => kind === candidate);
  if (!base)
    throw new InvalidInputError([
      { field: 'candidate', expected: 'a candidate of the spec', got: candidate },
    ]);
  return { ...base, ...parameters } as SingleAlgorithm;
}

function spaceOf(candidate: SingleAlgorithm, search: SearchSpec, rows: number): ParameterSpaces {
  if (candidate.kind === 'naive') return {};
  const asked = Object.entries(search.space ?? {}).filter(([name]) => Object.hasOwn(candidate, name));
  if (asked.length === 0) return defaultSpace(candidate.kind, { rows });
  return Object.fromEntries(
    asked.map(([name, { low, high, log, integer }]) => [
      name,
      { kind: integer ? 'int' : 'float', low, high, log } as const,
    ]),
  );
}

function ownSetting(candidate: SingleAlgorithm, space: ParameterSpaces): Setting['parameters'] {
  const own = candidate as unknown as Record<string, number>;
  return Object.fromEntries(Object.keys(space).map((name) => [name, own[name] as number]));
}
