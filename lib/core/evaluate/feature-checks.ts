import type { SignatureFeature } from '../serve/signature.ts';
import type { Task } from '../spec/task.ts';
import type { EncodedRows } from '../training/training-sets.ts';
import { concordance } from './concordance.ts';
import { evenlySpaced } from './evenly-spaced.ts';
import { type Estimate, meanWithError, UNDEFINED } from './interval.ts';

/** What a feature alone says about the label, in training and in the newest rows. Plain JSON. */
export interface FeatureCheck {
  readonly feature: string;
  readonly kind: SignatureFeature['kind'];
  /** Share of rows without a value, or with a level never seen in training, 0 to 1. */
  readonly missing: { readonly train: number; readonly test: number };
  /**
   * How the feature ranks the labels within ten consecutive stretches of time, on average, with the 99 % interval
   * of their mean; 0.5 says nothing. Rows without a value are left out. Undefined when a stretch has one label only.
   * A categorical is ranked by its levels' mean labels: learned on every other training row and judged on the
   * rest, learned on the training rows and judged on the test rows.
   */
  readonly train: Estimate;
  readonly test: Estimate;
  /**
   * How well the label can be told from the feature alone, 0.5 to 1: the concordance in its better direction, in
   * training or test rows, missing values left out, ranked lowest or ranked highest, whichever is best.
   */
  readonly strength: number | null;
  /** How far from 0.5 it ranks both ways, when surely one way in training and the other in the test rows; else 0. */
  readonly inverted: number;
}

/** Rows of a split that are ranked for each feature, all classes together: an AUC is then known to 0.005. */
const ROW_LIMIT = 40_000;
/** One against the rest: the most frequent classes only. */
const CLASS_LIMIT = 20;
/** Rows beside the most frequent label that a strength needs: with fewer, chance alone ranks them perfectly. */
const SUPPORT = 10;
/** Stretches of time, and the 0.995 quantile of Student's t with one degree of freedom fewer. */
const STRETCHES = 10;
const T_QUANTILE = 3.2498355;
/** Rows of the mean label that a level's own rows are averaged with. Source: Micci-Barreca, SIGKDD Explorations 3, 2001. */
const PRIOR_ROWS = 10;

/**
 * Checks every feature on at most 40,000 evenly spaced rows of each split. A multiclass label is taken as one
 * class against the rest, for the 20 most frequent classes; the strongest and the most inverted count.
 */
export function checkFeatures(
  features: readonly Pick<SignatureFeature, 'name' | 'kind'>[],
  task: Task,
  train: EncodedRows,
  test: EncodedRows,
): FeatureCheck[] {
  const classes = task === 'multiclass' ? frequentClasses(train.labels) : [null];
  const limit = Math.ceil(ROW_LIMIT / classes.length);
  const [trained, tested] = [sampleRows(train, limit), sampleRows(test, limit)];
  const targets = classes.map((wanted) => {
    const asTarget = (labels: Float64Array) =>
      wanted === null ? labels : labels.map((label) => Number(label === wanted));
    return { train: asTarget(trained.labels), test: asTarget(tested.labels) };
  });
  return features.map(({ name, kind }, column) => {
    const values = {
      train: trained.column(column, features.length),
      test: tested.column(column, features.length),
    };
    const found = targets.map((target) =>
      kind === 'number' ? rankNumbers(values, target) : rankLevels(values, target),
    );
    const strongest = found.reduce((best, next) =>
      (next.strength ?? 0) > (best.strength ?? 0) ? next : best,
    );
    return {
      feature: name,
      kind,
      missing: { train: missingShare(values.train), test: missingShare(values.test) },
      ...strongest,
      inverted: Math.max(...found.map(inversion)),
    };
  });
}

interface BySplit {
  readonly train: Float64Array;
  readonly test: Float64Array;
}

type Ranking = Pick<FeatureCheck, 'train' | 'test' | 'strength'>;

function rankNumbers(values: BySplit, labels: BySplit): Ranking {
  const splits = (['train', 'test'] as const).map((split) => {
    const [own, target] = [values[split], labels[split]];
    const isPresent = (_: number, row: number) => !Number.isNaN(own[row]);
    const [present, presentTarget] = [own.filter(isPresent), target.filter(isPresent)];
    const ends = present.length === own.length ? [] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const ranked = ends.map((end) => own.map((value) => (Number.isNaN(value) ? end : value)));
    return {
      steady: steadyRank(present, presentTarget),
      strengths: [
        concordance(present, presentTarget, SUPPORT),
        ...ranked.map((all) => concordance(all, target, SUPPORT)),
      ],
    };
  });
  const [train, test] = splits as [(typeof splits)[0], (typeof splits)[0]];
  return {
    train: train.steady,
    test: test.steady,
    strength: strengthOf([...train.strengths, ...test.strengths]),
  };
}

/** A missing level is a level like any other. */
function rankLevels(values: BySplit, labels: BySplit): Ranking {
  const isEven = (_: number, row: number) => row % 2 === 0;
  const isOdd = (_: number, row: number) => row % 2 === 1;
  const half = meanLabels(values.train.filter(isEven), labels.train.filter(isEven));
  const whole = meanLabels(values.train, labels.train);
  const [train, trainLabels] = [values.train.filter(isOdd).map(half), labels.train.filter(isOdd)];
  const test = values.test.map(whole);
  return {
    train: steadyRank(train, trainLabels),
    test: steadyRank(test, labels.test),
    strength: strengthOf([concordance(train, trainLabels, SUPPORT), concordance(test, labels.test, SUPPORT)]),
  };
}

/**
 * The mean concordance within consecutive stretches of the rows, with Student's interval over the stretches.
 * Rows near in time share their weather, so that they are no independent witnesses: a feature that ranks one way
 * for a few days is not sure to, one that does so in most stretches is.
 * Source: Ibragimov and Muller, J. Business and Economic Statistics 28, 2010.
 */
function steadyRank(values: Float64Array, labels: Float64Array): Estimate {
  const cut = (stretch: number) => Math.floor((stretch * values.length) / STRETCHES);
  const ranks = Array.from({ length: STRETCHES }, (_, stretch) => {
    const [from, to] = [cut(stretch), cut(stretch + 1)];
    return concordance(values.subarray(from, to), labels.subarray(from, to), 1);
  }).filter((rank) => rank !== null);
  if (ranks.length < STRETCHES) return UNDEFINED;
  const { mean, error } = meanWithError(Float64Array.from(ranks));
  const reach = T_QUANTILE * (error as number);
  return { value: mean, low: Math.max(0, mean - reach), high: Math.min(1, mean + reach) };
}

/** A level's mean label, drawn towards the mean of all rows by so many rows of it. */
function meanLabels(levels: Float64Array, labels: Float64Array): (level: number) => number {
  const sums = new Map<number, { total: number; rows: number }>();
  levels.forEach((level, row) => {
    const sum = sums.get(level) ?? { total: 0, rows: 0 };
    sum.total += labels[row] as number;
    sum.rows++;
    sums.set(level, sum);
  });
  const overall = labels.reduce((total, label) => total + label, 0) / Math.max(1, labels.length);
  const means = new Map(
    Array.from(sums, ([level, { total, rows }]) => [
      level,
      (total + overall * PRIOR_ROWS) / (rows + PRIOR_ROWS),
    ]),
  );
  return (level) => means.get(level) ?? overall;
}

function strengthOf(concordances: readonly (number | null)[]): number | null {
  const known = concordances.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known.map((value) => Math.max(value, 1 - value)));
}

function inversion({ train, test }: Ranking): number {
  const [before, now] = [direction(train), direction(test)];
  return before * now < 0 ? Math.min(Math.abs(before), Math.abs(now)) : 0;
}

/** How far from 0.5, signed, when the interval leaves no doubt about the side; else 0. */
function direction({ value, low, high }: Estimate): number {
  if (value === null || low === null || high === null) return 0;
  return low > 0.5 || high < 0.5 ? value - 0.5 : 0;
}

function frequentClasses(labels: Float32Array): number[] {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const ranked = [...counts].sort(([a, rowsA], [b, rowsB]) => rowsB - rowsA || a - b);
  return ranked.slice(0, CLASS_LIMIT).map(([label]) => label);
}

function sampleRows({ values, labels, rows }: EncodedRows, limit: number) {
  const chosen = evenlySpaced(rows, limit);
  return {
    labels: Float64Array.from(chosen, (row) => labels[row] as number),
    column: (column: number, width: number) =>
      Float64Array.from(chosen, (row) => values[row * width + column] as number),
  };
}

function missingShare(values: Float64Array): number {
  return values.reduce((count, value) => count + Number(Number.isNaN(value)), 0) / values.length;
}
