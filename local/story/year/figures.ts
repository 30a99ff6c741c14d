import type { AlarmKind } from '#core/monitor/alarm-names.ts';
import type { DecisionStatus, TriggerKind } from '#core/retrain/records.ts';

/** Our loop, and what it is compared with. */
export const SIDES = ['closedLoop', 'never', 'monthly'] as const;
export type Side = (typeof SIDES)[number];
export type BySide = Readonly<Record<Side, number>>;

/** A month as it went. */
export interface MonthFigures {
  /** `2013-04` */
  readonly month: string;
  /** Flights that were asked about, and became known. */
  readonly rows: number;
  readonly auc: BySide;
  readonly logLoss: BySide;
  /** Versions that answered for the closed loop, in order. */
  readonly versions: readonly number[];
  /** Of its windows: the largest PSI that the alarm looked at, and the columns that drifted. */
  readonly drift: { readonly psi: number; readonly columns: readonly string[] };
  readonly alarms: readonly RungAlarm[];
  readonly decisions: readonly DecisionFigures[];
}

/** An alarm that rang in a month. */
export interface RungAlarm {
  readonly alarm: AlarmKind;
  /** When it was first seen ringing in the month, ISO 8601, UTC. */
  readonly at: string;
  /** What the data showed then; null: nothing. */
  readonly cause: string | null;
  /** Figures of the cause. */
  readonly figures: Readonly<Record<string, number>>;
}

/** A decision about training again that was made in a month. */
export interface DecisionFigures {
  readonly number: number;
  /** Of its newest step, ISO 8601, UTC. */
  readonly at: string;
  readonly status: DecisionStatus;
  readonly triggers: readonly TriggerKind[];
  readonly reason: string;
  readonly version: number | null;
  /** Whether a training came of it, other than the first. */
  readonly trained: boolean;
}

/** A bound that the year is measured by. */
export interface Goal {
  readonly what: string;
  readonly is: number;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly holds: boolean;
}

/** The whole year: `.leeboard/year.json`. */
export interface YearFigures {
  /** Mean of the months' AUC. */
  readonly meanAuc: BySide;
  /** Trainings that the loop made after the first. */
  readonly retrainings: number;
  readonly goals: readonly Goal[];
  /** Alarms that rang though the data showed no cause. */
  readonly alarmsWithoutCause: number;
  readonly months: readonly MonthFigures[];
}

/**
 * Mean monthly AUC of a plain XGBoost on the same months, with the features of the spec and no early stop: trained once, every
 * month, and at five fixed months. What the goals were set by.
 */
// biome-ignore lint/suspicious/noApproximativeNumericConstant: a measured AUC
export const PLAIN = { never: 0.67, monthly: 0.707, fiveFixed: 0.698 };

const GAIN = 0.03;
const BELOW_MONTHLY = 0.012;
const MOST_RETRAININGS = 5;

/** What the months come to. */
export function yearOf(months: readonly MonthFigures[]): YearFigures {
  const mean = (side: Side) => months.reduce((sum, { auc }) => sum + auc[side], 0) / months.length;
  const meanAuc = { closedLoop: mean('closedLoop'), never: mean('never'), monthly: mean('monthly') };
  const { closedLoop, never, monthly } = meanAuc;
  const alarmsWithoutCause = months
    .flatMap(({ alarms }) => alarms)
    .filter(({ cause }) => cause === null).length;
  const retrainings = months.flatMap(({ decisions }) => decisions).filter(({ trained }) => trained).length;
  return {
    meanAuc,
    retrainings,
    goals: [
      atLeast('mean AUC above never retrained', closedLoop - never, GAIN),
      atMost('mean AUC below retrained every month', monthly - closedLoop, BELOW_MONTHLY),
      atMost('retrainings', retrainings, MOST_RETRAININGS),
      atLeast('mean AUC above plain XGBoost, never retrained', closedLoop - PLAIN.never, GAIN),
      atMost(
        'mean AUC below plain XGBoost, retrained every month',
        PLAIN.monthly - closedLoop,
        BELOW_MONTHLY,
      ),
      atMost('alarms without a cause in the data', alarmsWithoutCause, 0),
    ],
    alarmsWithoutCause,
    months,
  };
}

const atLeast = (what: string, is: number, bound: number): Goal => ({
  what,
  is,
  atLeast: bound,
  holds: is >= bound,
});
const atMost = (what: string, is: number, bound: number): Goal => ({
  what,
  is,
  atMost: bound,
  holds: is <= bound,
});
