import type { SignatureFeature } from '../serve/signature.ts';
import type { Task } from '../spec/task.ts';
import { concordance } from './concordance.ts';
import { evenlySpaced } from './evenly-spaced.ts';
import type { Estimate } from './interval.ts';

/** What a feature alone says about the label, in training and in the newest rows. Plain JSON. */
export interface FeatureCheck {
  readonly feature: string;
  readonly kind: SignatureFeature['kind'];
  /** Share of rows without a value, or with a level never seen in training, 0 to 1. */
  readonly missing: { readonly train: number; readonly test: number };
  /**
   * Concordance with the label among the rows that have a value, with its 99.9 % interval; 0.5 says nothing.
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

/** Encoded rows, row-major, rows x features; NaN is missing. */
export interface CheckedRows {
  readonly values: Float32Array;
  readonly labels: Float32Array;
  readonly rows: number;
}

/** Concordances that are computed for each feature and split, all classes together. */
const ROW_LIMIT = 100_000;
/** One against the rest: the most frequent classes only. */
const CLASS_LIMIT = 20;
const CERTAIN = 0.999;
/** Rows of the mean label that a level's own rows are averaged with. Source: Micci-Barreca, SIGKDD Explorations 3, 2001. */
const PRIOR_ROWS = 10;

/**
 * Checks every feature on at most 100,000 evenly spaced rows of each split. A multiclass label is taken as one
 * class against the rest, for the 20 most frequent classes; the strongest and the most inverted count.
 */
export function checkFeatures(
  features: readonly Pick<SignatureFeature, 'name' | 'kind'>[],
  task: Task,
  train: CheckedRows,
  test: CheckedRows,
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
  const [train, test] = [rankPresent(values.train, labels.train), rankPresent(values.test, labels.test)];
  const ends = [values.train, values.test].flatMap((numbers, index) => {
    if (!numbers.some(Number.isNaN)) return [];
    const target = index === 0 ? labels.train : labels.test;
    return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY].map((end) =>
      concordance(
        numbers.map((value) => (Number.isNaN(value) ? end : value)),
        target,
        CERTAIN,
      ),
    );
  });
  return { train, test, strength: strengthOf([train, test, ...ends]) };
}

/** A missing level is a level like any other. */
function rankLevels(values: BySplit, labels: BySplit): Ranking {
  const isEven = (_: number, row: number) => row % 2 === 0;
  const isOdd = (_: number, row: number) => row % 2 === 1;
  const half = meanLabels(values.train.filter(isEven), labels.train.filter(isEven));
  const whole = meanLabels(values.train, labels.train);
  const train = concordance(values.train.filter(isOdd).map(half), labels.train.filter(isOdd), CERTAIN);
  const test = concordance(values.test.map(whole), labels.test, CERTAIN);
  return { train, test, strength: strengthOf([train, test]) };
}

function rankPresent(values: Float64Array, labels: Float64Array): Estimate {
  const isPresent = (_: number, row: number) => !Number.isNaN(values[row]);
  return concordance(values.filter(isPresent), labels.filter(isPresent), CERTAIN);
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

function strengthOf(estimates: readonly Estimate[]): number | null {
  const known = estimates.flatMap(({ value }) => value ?? []);
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

function sampleRows({ values, labels, rows }: CheckedRows, limit: number) {
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
