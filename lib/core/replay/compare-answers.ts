import { binNumber, decileCuts } from '../drift/profile.ts';
import { psi } from '../drift/psi.ts';
import { quantileOf } from '../evaluate/quantile.ts';
import { total } from '../figures.ts';
import type {
  BinaryPrediction,
  MulticlassPrediction,
  Prediction,
  RegressionPrediction,
} from '../serve/answer.ts';
import { binAbove } from '../serve/score-bin.ts';
import type { Task } from '../spec/task.ts';
import type { AnswerChange } from './report.ts';

/** Bins of a picture. */
const BINS = 20;

/**
 * How the answers to the same rows differ.
 * @param before at least one
 * @param after one for each of them
 */
export function compareAnswers(
  task: Task,
  before: readonly Prediction[],
  after: readonly Prediction[],
): AnswerChange {
  switch (task) {
    case 'binary':
      return compareBinary(before as readonly BinaryPrediction[], after as readonly BinaryPrediction[]);
    case 'regression': {
      const value = (answer: Prediction) => (answer as RegressionPrediction).value;
      return compareValues(before.map(value), after.map(value));
    }
    case 'multiclass':
      return compareLabels(
        before as readonly MulticlassPrediction[],
        after as readonly MulticlassPrediction[],
      );
  }
}

/** Whether somebody would do something else: another decision, another label, another number. */
export function isChanged(before: Prediction, after: Prediction): boolean {
  if ('positive' in before && 'positive' in after) return before.positive !== after.positive;
  if ('label' in before && 'label' in after) return before.label !== after.label;
  return (before as RegressionPrediction).value !== (after as RegressionPrediction).value;
}

function compareBinary(
  before: readonly BinaryPrediction[],
  after: readonly BinaryPrediction[],
): AnswerChange {
  const probability = (answer: BinaryPrediction) => answer.probability;
  const edges = Array.from({ length: BINS + 1 }, (_, index) => index / BINS);
  const numbers = compareNumbers(before.map(probability), after.map(probability), edges);
  const turned = (to: boolean) =>
    count(after, ({ positive }, row) => positive === to && before[row]?.positive !== to);
  const [toPositive, toNegative] = [turned(true), turned(false)];
  return {
    task: 'binary',
    ...numbers,
    changed: toPositive + toNegative,
    toPositive,
    toNegative,
    positive: {
      before: count(before, ({ positive }) => positive),
      after: count(after, ({ positive }) => positive),
    },
  };
}

function compareValues(before: readonly number[], after: readonly number[]): AnswerChange {
  const both = Float64Array.from([...before, ...after]).sort();
  // A few outliers would squeeze everybody else into one bin.
  const edges = evenEdges(quantileOf(both, 0.005), quantileOf(both, 0.995));
  const numbers = compareNumbers(before, after, edges);
  const { mean } = numbers;
  const deviation = Math.sqrt(total(before.map((value) => (value - mean.before) ** 2)) / before.length);
  return {
    task: 'regression',
    ...numbers,
    deviation,
    beyond: count(after, (value, row) => Math.abs(value - (before[row] as number)) > deviation),
  };
}

function compareLabels(
  before: readonly MulticlassPrediction[],
  after: readonly MulticlassPrediction[],
): AnswerChange {
  const labels = [
    ...new Set([...before, ...after].flatMap(({ probabilities }) => Object.keys(probabilities))),
  ].sort();
  const place = new Map(labels.map((label, index) => [label, index]));
  const confusion = labels.map(() => labels.map(() => 0));
  for (const [row, { label }] of after.entries()) {
    const cells = confusion[place.get((before[row] as MulticlassPrediction).label) as number] as number[];
    (cells[place.get(label) as number] as number)++;
  }
  const rows = before.length;
  const same = ({ probabilities }: MulticlassPrediction, row: number) =>
    labels.every((label) => probabilities[label] === before[row]?.probabilities[label]);
  return {
    task: 'multiclass',
    rows,
    equal: count(after, same),
    changed: count(after, ({ label }, row) => label !== before[row]?.label),
    labels,
    confusion,
    psi: psi(
      confusion.map((cells) => total(cells) / rows),
      labels.map((_, column) => total(confusion.map((cells) => cells[column] as number)) / rows),
    ),
  };
}

function compareNumbers(before: readonly number[], after: readonly number[], edges: readonly number[]) {
  const rows = before.length;
  const differences = after.map((value, row) => value - (before[row] as number));
  const sorted = Float64Array.from(differences).sort();
  const at = (share: number) => quantileOf(sorted, share);
  const reach = Math.max(Math.abs(at(0.005)), Math.abs(at(0.995)));
  const changes = evenEdges(-reach, reach);
  const cuts = decileCuts(before);
  const shares = (values: readonly number[]) => binCounts(cuts, values, binNumber).map((bin) => bin / rows);
  const counted = (bins: readonly number[], values: readonly number[]) =>
    binCounts(bins.slice(1, -1), values, binAbove);
  return {
    rows,
    equal: count(after, (value, row) => value === before[row]),
    mean: { before: total(before) / rows, after: total(after) / rows },
    difference: {
      min: at(0),
      p5: at(0.05),
      p25: at(0.25),
      p50: at(0.5),
      p75: at(0.75),
      p95: at(0.95),
      max: at(1),
    },
    changes: { edges: changes, counts: counted(changes, differences) },
    scores: { edges: [...edges], before: counted(edges, before), after: counted(edges, after) },
    psi: psi(shares(before), shares(after)),
  };
}

/** Of one value alone: a range of 1 around it, so that a bin has a width. */
function evenEdges(low: number, high: number): number[] {
  const [from, to] = low < high ? [low, high] : [low - 0.5, high + 0.5];
  return Array.from({ length: BINS + 1 }, (_, index) => from + ((to - from) * index) / BINS);
}

function binCounts(cuts: readonly number[], values: readonly number[], bin: typeof binAbove): number[] {
  const counts = new Array<number>(cuts.length + 1).fill(0);
  for (const value of values) (counts[bin(cuts, value)] as number)++;
  return counts;
}

function count<T>(values: readonly T[], holds: (value: T, index: number) => boolean): number {
  return values.reduce((found, value, index) => found + Number(holds(value, index)), 0);
}
