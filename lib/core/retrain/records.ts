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
  /** What it was seen by: numbers by name, `psi`, `rows`, `drop`, ... */
  readonly figures?: Readonly<Record<string, number>>;
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
export interface Decision {
  readonly model: string;
  readonly number: number;
  /** Of the newest step. */
  readonly status: DecisionStatus;
  /** Of the newest step. */
  readonly reason: string;
  /** All that were merged into it, first come first. */
  readonly triggers: readonly Trigger[];
  /** Triggers beyond the 100 that are kept. */
  readonly more?: number;
  /** Oldest first. */
  readonly steps: readonly DecisionStep[];
  /** When waiting by the clock: not before, ISO 8601, UTC. */
  readonly until?: string;
  /** Name of the execution of `retrain-model` that carries it out. */
  readonly execution?: string;
  /** As of when it judges, ISO 8601, UTC. */
  readonly asOf?: string;
  readonly judgement?: Judgement;
  /** Where the whole judgement is. */
  readonly judgementFile?: ObjectPointer;
  /** The training's run. */
  readonly runId?: string;
  /** The version that came of it. */
  readonly version?: number;
  /** Estimate of what the training cost, US dollars. */
  readonly costUsd?: number;
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

/** The loop of a model: one item, changed by compare-and-swap on `rev`, together with the decisions that change. */
export interface RetrainingLoop {
  readonly model: string;
  /** Counts changes, from 0 (nothing ever happened). */
  readonly rev: number;
  /** Decisions so far: the newest one's number. */
  readonly decisions: number;
  /** The one that is being carried out, or waits. */
  readonly open: Decision | null;
  /** Gathers what comes while `open` is carried out. */
  readonly next: Decision | null;
  /** Of the newest training that began by itself or by a trigger. */
  readonly cooldown: { readonly since: string; readonly seconds: number } | null;
  /** 1, doubled by each training that did not help, at most 8. */
  readonly widening: number;
  /** What was spent in the calendar month, `2013-05`. */
  readonly month: { readonly name: string; readonly trainings: number; readonly usd: number } | null;
  /** What was judged last, and found of no use: the same is not judged twice. */
  readonly judged: {
    readonly datasets: Readonly<Record<string, number>>;
    readonly specHash: string;
    readonly codeVersion: string;
  } | null;
  /** Ids of triggers that were taken in, newest last, at most 500. */
  readonly seen: readonly string[];
}
