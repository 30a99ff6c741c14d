import type { ParameterSpaces, Setting } from '#core/search/index.ts';

/** What both sides are given. */
export interface SearchPlan {
  readonly space: ParameterSpaces;
  /** The spec's own setting: the first trial of both. */
  readonly own: Setting['parameters'];
  readonly trials: number;
  /** Of ours; Optuna's trials each know all before them. */
  readonly parallel: number;
  readonly rounds: number;
  readonly earlyStop: number;
  readonly prune: {
    readonly warmupRounds: number;
    readonly everyRounds: number;
    readonly startupTrials: number;
  };
  /** The trainer's. */
  readonly seed: number;
  readonly threads: number;
}

/** What one search came to. */
export interface Found {
  /** AUC of the best trial on the validation rows. */
  readonly validation: number;
  /** AUC in September of the winner, trained January to August with as many rounds. */
  readonly september: number;
  readonly seconds: number;
  readonly pruned: number;
  readonly parameters: Setting['parameters'];
  readonly rounds: number;
}
