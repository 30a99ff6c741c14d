import type { ObjectPointer } from '../registry/records.ts';

/** Why a model might be trained again. */
export type TriggerKind = 'new-data' | 'schedule' | 'drift' | 'performance' | 'change' | 'person';

/** A cause, as it came: the same cause, however often it is delivered, has the same id. */
export interface Trigger {
  /** Names the cause: `data:flights@7`, `drift:3:<from>..<to>:<revision>`, `schedule:<instant>`, `change:<spec>:<code>`, ... */
  readonly id: string;
  readonly kind: TriggerKind;
  /** When it happened, ISO 8601, UTC. */
  readonly at: string;
  /** A principal, or `leeboard`. */
  readonly by: string;
  /** One sentence a person understands. */
  readonly reason: string;
  /** The version that it was seen of; of `drift` and `performance`. */
  readonly version?: number;
  /** What it was seen by: numbers by name, `psi`, `rows`, `drop`, ... */
  readonly figures?: Readonly<Record<string, number>>;
}

/** Triggers that are decided together. */
export interface GatheredTriggers {
  /** First come first, at most 100. */
  readonly triggers: readonly Trigger[];
  /** How many more there were. */
  readonly more?: number;
}

/**
 * What became of triggers. Open: `waiting` (for its time, the budget, data, or the decision before it), `judging`
 * (whether a training would help), `training`, `approval` (of a person), `rollout`. Over: `ignored` (the spec does not
 * retrain for that), `declined` (no point), `promoted`, `refused` (by the gates), `rejected` (by a person), `expired`
 * (nobody approved in time), `rolled-back`, `held` (trained, but the deployment is frozen), `failed`.
 */
export type DecisionStatus =
  | 'waiting'
  | 'judging'
  | 'training'
  | 'approval'
  | 'rollout'
  | 'ignored'
  | 'declined'
  | 'promoted'
  | 'refused'
  | 'rejected'
  | 'expired'
  | 'rolled-back'
  | 'held'
  | 'failed';

/** One thing that happened to a decision. */
export interface DecisionStep {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly status: DecisionStatus;
  /** One sentence, figures in it. */
  readonly reason: string;
}

/** A decision about training a model again: also the one not to. One item each in the registry, numbered from 1. */
export interface Decision extends GatheredTriggers {
  readonly model: string;
  readonly number: number;
  /** Of the newest step. */
  readonly status: DecisionStatus;
  /** Of the newest step. */
  readonly reason: string;
  /** Oldest first; the first and the newest 39. */
  readonly steps: readonly DecisionStep[];
  /** When waiting by the clock: not before, ISO 8601, UTC. */
  readonly until?: string;
  /** How often it was judged, or is now. */
  readonly judgings?: number;
  /** Name of the execution of `retrain-model` that carries it out; made of number and `judgings` alone. */
  readonly execution?: string;
  /** As of when it judges, ISO 8601, UTC. */
  readonly asOf?: string;
  /** What it judges. */
  readonly judges?: JudgedState;
  /** How many people had asked for it when what it does now began: its newest judging, or its training. */
  readonly asked?: number;
  readonly judgement?: Judgement;
  /** Where the whole judgement is. */
  readonly judgementFile?: ObjectPointer;
  /** Oldest row that the training learns from, ISO 8601, UTC; null: all. */
  readonly since?: string | null;
  /** When its training began, ISO 8601, UTC. */
  readonly trainedAt?: string;
  /** The training's run; the execution's name, unless it was merged into another. */
  readonly runId?: string;
  /** The version that came of it. */
  readonly version?: number;
  /** Estimate of what the training cost, US dollars. */
  readonly costUsd?: number;
}

/** All that a judgement depends on. */
export interface JudgedState {
  /** Dataset -> its newest version. */
  readonly datasets: Readonly<Record<string, number>>;
  /** The deployed spec's. */
  readonly specHash: string;
  readonly codeVersion: string;
}

/** What becomes of a judgement; `wait`: for newer labelled rows. */
export interface JudgedAction {
  readonly action: 'train' | 'decline' | 'wait';
  /** Oldest row to learn from, ISO 8601, UTC; null: all. */
  readonly since: string | null;
  /** One sentence, figures in it. */
  readonly reason: string;
}

/** Whether a training would help, in figures. */
export interface Judgement {
  readonly champion: number | null;
  /** Newest labelled row that the champion learned from or was judged by, ISO 8601, UTC. */
  readonly seenUntil: string | null;
  /** Newest labelled row there is. */
  readonly labelledUntil: string | null;
  /** Labelled rows after `seenUntil`. */
  readonly newRows: number;
  /** Absent where there was nothing to try, or nothing to compare with. */
  readonly backtest?: Backtest;
}

/** Candidates against the champion, on the newest labelled rows, which none of them has seen. */
export interface Backtest {
  /** What is compared, a row: log loss, or squared error. */
  readonly loss: 'logLoss' | 'squaredError';
  /** The rows compared on: from (included) to the newest, ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  /** Mean loss of the champion. */
  readonly championLoss: number;
  /** AUC of a binary model, macro AUC, R2: what people know; null where it is not defined. */
  readonly championScore: number | null;
  readonly candidates: readonly BacktestCandidate[];
  /** `window` of the best. */
  readonly best: string;
}

export interface BacktestCandidate {
  /** As in the spec: `all`, `90 days`, `since change`. */
  readonly window: string;
  /** Oldest row learned from, ISO 8601, UTC; null: all. */
  readonly since: string | null;
  readonly rows: number;
  readonly loss: number;
  readonly score: number | null;
  /** How much smaller its loss is than the champion's, mean of pairs; with a one-sided lower bound at 95 %. */
  readonly gain: number;
  readonly gainAtLeast: number;
}

/** What was spent in a calendar month, UTC, on trainings that nobody asked for. */
export interface MonthSpent {
  /** `2013-05`. */
  readonly name: string;
  readonly trainings: number;
  /** Estimate, US dollars. */
  readonly usd: number;
}

/** The loop of a model: one item, changed by compare-and-swap on `rev`, together with the decisions that change. */
export interface RetrainingLoop {
  readonly model: string;
  /** Counts changes, from 0 (nothing ever happened). */
  readonly rev: number;
  /** Decisions so far: the newest one's number. */
  readonly decisions: number;
  /** The one that is being carried out, or waits. */
  readonly open: Decision | null;
  /** What came while `open` is carried out and did not join it: the next decision, which gets its number when its turn comes. */
  readonly next: GatheredTriggers | null;
  /**
   * Of the newest training: when it began, and, once the clock was seen before that, the earliest it was seen at: by
   * such a clock the cooldown begins there. ISO 8601, UTC.
   */
  readonly cooldown: { readonly since: string; readonly back?: string } | null;
  /** Numbers of the decisions that did not help, since the last that did; the newest 3. Each doubles the cooldown. */
  readonly unhelpful: readonly number[];
  /** Months that something was spent in, the newest to change last, at most 24. */
  readonly months: readonly MonthSpent[];
  /** What was judged last, and by which decision: the same is not judged twice, unless a person asks. */
  readonly judged: (JudgedState & { readonly decision: number }) | null;
  /** Ids of triggers that were taken in, newest last, at most 500. */
  readonly seen: readonly string[];
  /** Numbers of the decisions that people must still hear of. */
  readonly untold: readonly number[];
}
