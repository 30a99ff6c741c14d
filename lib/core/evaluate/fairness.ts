import type { Row, ValueType } from '../expression/index.ts';
import type { FairnessSpec } from '../spec/gates.ts';
import { type Confusion, confusionAt } from './confusion.ts';
import { groupRows, pickRows, type SmallGroup, splitBySize } from './group-rows.ts';
import { type Estimate, wilson } from './interval.ts';
import { scoredRows } from './scored-rows.ts';

/** How decisions treat one group. Rates are shares with Wilson's interval; undefined without a row that counts. */
export interface FairnessGroup {
  readonly group: string | null;
  readonly rows: number;
  /** Share of rows whose label is true. */
  readonly baseRate: Estimate;
  /** Share of rows predicted positive. */
  readonly selectionRate: Estimate;
  /** Share of true rows predicted positive; undefined when no label is true. */
  readonly truePositiveRate: Estimate;
  /** Share of other rows predicted positive; undefined when every label is true. */
  readonly falsePositiveRate: Estimate;
  /** The lower of this group's and the reference's selection rates over the higher; 1 when nobody is selected in either. */
  readonly disparateImpact: number | null;
  /** This group's true positive rate less the reference's. */
  readonly equalOpportunity: number | null;
  /** This group's false positive rate less the reference's. */
  readonly falsePositives: number | null;
}

/** How a binary model's decisions treat the groups of one expression. Plain JSON. */
export interface FairnessEvaluation {
  readonly by: string;
  readonly minRows: number;
  /** The group the others are compared with; undefined: no group is large enough, or not the one that was named. */
  readonly reference: { readonly group: string | null } | null;
  /** The reference among them, which equals itself. */
  readonly groups: readonly FairnessGroup[];
  /** Groups below `minRows`, which nobody judges: the largest 50. */
  readonly tooSmall: readonly SmallGroup[];
  readonly tooSmallCount: number;
}

export interface DecidedRows {
  readonly types: Readonly<Record<string, ValueType>>;
  /** Raw columns. */
  readonly rows: readonly Row[];
  /** 0 or 1. */
  readonly labels: ArrayLike<number>;
  readonly probabilities: ArrayLike<number>;
  /** Probability from which a row is predicted positive. */
  readonly threshold: number;
}

/**
 * Selection rate, true and false positive rate by group, against the reference group.
 * Source: disparate impact after the four-fifths rule, 29 CFR 1607.4(D), EEOC 1978; equality of true
 * positive rates (equal opportunity) and of both (equalised odds): Hardt, Price and Srebro, NeurIPS 2016.
 */
export function evaluateFairness(
  { group: by, reference: wanted, minRows }: FairnessSpec,
  { types, rows, labels, probabilities, threshold }: DecidedRows,
): FairnessEvaluation {
  const { large, ...small } = splitBySize(groupRows(by, types, rows), minRows);
  const counted = large.map(({ group, rows: members }) => {
    const scored = scoredRows(pickRows(labels, members), pickRows(probabilities, members));
    return { group, rows: members.length, ...ratesOf(confusionAt(scored, threshold)) };
  });
  const reference = counted.find(({ group }) => wanted === undefined || group === wanted);
  return {
    by,
    minRows,
    reference: reference ? { group: reference.group } : null,
    groups: counted.map((group) => ({ ...group, ...compare(group, reference) })),
    ...small,
  };
}

type Rates = Pick<FairnessGroup, 'baseRate' | 'selectionRate' | 'truePositiveRate' | 'falsePositiveRate'>;

const CONFIDENCE = 0.95;

function ratesOf({ truePositives, falsePositives, trueNegatives, falseNegatives }: Confusion): Rates {
  const [positives, negatives] = [truePositives + falseNegatives, falsePositives + trueNegatives];
  return {
    baseRate: wilson(positives, positives + negatives, CONFIDENCE),
    selectionRate: wilson(truePositives + falsePositives, positives + negatives, CONFIDENCE),
    truePositiveRate: wilson(truePositives, positives, CONFIDENCE),
    falsePositiveRate: wilson(falsePositives, negatives, CONFIDENCE),
  };
}

function compare(
  group: Rates,
  reference: Rates | undefined,
): Pick<FairnessGroup, 'disparateImpact' | 'equalOpportunity' | 'falsePositives'> {
  return {
    disparateImpact: ratio(group.selectionRate.value, reference?.selectionRate.value),
    equalOpportunity: difference(group.truePositiveRate.value, reference?.truePositiveRate.value),
    falsePositives: difference(group.falsePositiveRate.value, reference?.falsePositiveRate.value),
  };
}

function ratio(a: number | null, b: number | null | undefined): number | null {
  if (a === null || b === null || b === undefined) return null;
  return a === b ? 1 : Math.min(a, b) / Math.max(a, b);
}

function difference(a: number | null, b: number | null | undefined): number | null {
  return a === null || b === null || b === undefined ? null : a - b;
}
