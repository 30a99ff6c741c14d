import type { Setting } from './space.ts';

/** A setting to be tried. */
export interface Trial extends Setting {
  /** 0, 1, 2 and so on in the order of proposal. */
  readonly number: number;
}

/** What became of a trial. Plain JSON. */
export interface TrialResult extends Trial {
  readonly status: 'completed' | 'pruned' | 'failed';
  /** The metric on the validation rows; of a pruned trial its last one, of a failed trial null. */
  readonly value: number | null;
  /** The metric after a round (0-based), rounds ascending. */
  readonly curve?: readonly (readonly [round: number, value: number])[];
  /** Rounds up to the best one. */
  readonly rounds?: number;
  /** Why it failed. */
  readonly error?: string;
}

export type Direction = 'maximize' | 'minimize';

/** A trial that ran to its end and has a finite value: what may win. */
export type CompletedTrial = TrialResult & { readonly status: 'completed'; readonly value: number };

export function isCompleted(result: TrialResult): result is CompletedTrial {
  return result.status === 'completed' && Number.isFinite(result.value);
}

/** Completed trials, the best first, then pruned ones, those that came furthest first. Failed ones are left out. */
export function bestFirst(results: readonly TrialResult[], direction: Direction): TrialResult[] {
  const sign = direction === 'maximize' ? -1 : 1;
  const completed = results
    .filter(isCompleted)
    .sort((a, b) => sign * (a.value - b.value) || a.number - b.number);
  const pruned = results
    .filter(({ status }) => status === 'pruned')
    .map((result) => ({ result, last: result.curve?.at(-1) ?? [-1, 0] }))
    .sort(
      (a, b) => b.last[0] - a.last[0] || sign * (a.last[1] - b.last[1]) || a.result.number - b.result.number,
    );
  return [...completed, ...pruned.map(({ result }) => result)];
}
