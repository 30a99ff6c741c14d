import { type FieldProblem, InvalidInputError, showValue } from '../errors.ts';
import { cholesky } from './cholesky.ts';
import { buildDesign, type Design } from './design.ts';
import { addRidge, applyTransposed, gram } from './design-products.ts';
import { checkLabels, countedRows, type LabelledRows, requireAllClasses } from './label-check.ts';
import type { LinearFeature, LinearModel } from './linear-model.ts';
import { logisticLoss } from './logistic-loss.ts';
import { minimise } from './newton.ts';
import { type FeatureMatrix, isWhole, matrixProblem } from './predictor.ts';
import { softmaxLoss } from './softmax-loss.ts';

export interface LinearRequest extends LabelledRows {
  readonly features: FeatureMatrix;
  /** One a column. */
  readonly names: readonly string[];
  /** Levels of a categorical column, its values being 0 to levels - 1; undefined: a number. */
  readonly levels: readonly (number | undefined)[];
  /** Ridge penalty on standardised weights, 0 or more. */
  readonly l2: number;
  /** Newton steps at most. @default 100 */
  readonly maxIterations?: number;
}

/**
 * Ridge regression, logistic regression or softmax regression: the weights that minimise
 * sum(weight x loss) + l2 / 2 |w|^2, with half the squared error or the negative log likelihood as
 * loss. So l2 is scikit-learn's `alpha` of Ridge and 1 / C of LogisticRegression, on columns coded so:
 * - numbers standardised by the training rows' weighted mean and deviation; missing is the mean;
 * - categories one-hot, 0 or 1, a column a level; missing and unseen levels are all zeros;
 * - a 0/1 column for missing, where some training rows, but not all, have none;
 * - what does not vary in training has weight 0.
 * Intercepts are free of penalty. With l2 above 0 every problem has one answer, also with separated
 * classes, repeated columns and more columns than rows. Same request, same model.
 * Sources: Hoerl and Kennard, Technometrics 12, 1970; le Cessie and van Houwelingen, Applied Statistics 41, 1992.
 * @throws InvalidInputError naming the field that does not fit
 * @throws NotFeasibleError when no row counts, a class has no row, no single optimum exists (l2 = 0), or
 * it is not reached
 */
export function fitLinear(request: LinearRequest): LinearModel {
  checkRequest(request);
  const counted = countedRows(request.labels, request.weights);
  requireAllClasses(request);
  const design = buildDesign(request, counted);
  const labels = Float64Array.from(counted, (row) => request.labels[row] as number);
  return modelOf(request, design, fitters[request.task](design, labels, request));
}

/** Weights, output-major, outputs x the design's width. */
type Fit = (design: Design, labels: Float64Array, request: LinearRequest) => Float64Array;

const fitters: Record<LinearRequest['task'], Fit> = {
  regression: (design, labels, { l2 }) => {
    const { weights, width } = design;
    const weighted = labels.map((label, row) => (weights[row] as number) * label);
    return cholesky(addRidge(gram(design, weights), width, l2), width)(applyTransposed(design, weighted));
  },
  binary: (design, labels, { l2, maxIterations = 100 }) => {
    const start = new Float64Array(design.width);
    const [no, yes] = classShares(design, labels, 2) as [number, number];
    start[0] = Math.log(yes / no);
    minimise(design, logisticLoss(design, labels, l2), l2, start, maxIterations);
    return start;
  },
  multiclass: (design, labels, { classes = 2, l2, maxIterations = 100 }) => {
    const shares = classShares(design, labels, classes);
    const start = new Float64Array(classes * design.width);
    const meanLog = shares.reduce((sum, share) => sum + Math.log(share) / classes, 0);
    for (const [k, share] of shares.entries()) start[k * design.width] = Math.log(share) - meanLog;
    minimise(design, softmaxLoss(design, labels, shares, l2), l2, start, maxIterations);
    return start;
  },
};

function classShares({ weights, totalWeight }: Design, labels: Float64Array, classes: number): number[] {
  const sums = new Array<number>(classes).fill(0);
  for (const [row, label] of labels.entries())
    sums[label] = (sums[label] as number) + (weights[row] as number);
  return sums.map((sum) => sum / totalWeight);
}

function modelOf(
  { task, l2, names }: LinearRequest,
  { width, codings }: Design,
  fitted: Float64Array,
): LinearModel {
  const outputs = Array.from({ length: fitted.length / width }, (_, output) => output);
  const weightsAt = (position: number | undefined) =>
    outputs.map((output) => (position === undefined ? 0 : (fitted[output * width + position] as number)));
  const features = codings.map((coding, column): LinearFeature => {
    const { missingAt, missingShare, mean, scale, numberAt, shares, levelAt } = coding;
    const name = names[column] as string;
    const missing =
      missingAt === undefined ? {} : { missing: { share: missingShare, weights: weightsAt(missingAt) } };
    return shares.length > 0
      ? { name, kind: 'categorical', levels: levelAt.map(weightsAt), shares, ...missing }
      : { name, kind: 'number', mean, scale, weights: weightsAt(numberAt), ...missing };
  });
  return { format: 1, kind: 'linear', task, l2, intercept: weightsAt(0), features };
}

function checkRequest(request: LinearRequest): void {
  const problem = requestProblems(request).next().value;
  if (problem) throw new InvalidInputError([problem]);
  checkLabels(request);
}

function* requestProblems(request: LinearRequest): Generator<FieldProblem, undefined> {
  const { features, names, levels, labels, l2, maxIterations = 1 } = request;
  if (names.length === 0) yield { field: 'names', expected: 'at least 1', got: '0' };
  if (levels.length !== names.length) {
    yield { field: 'levels', expected: `one a name, ${names.length}`, got: String(levels.length) };
  }
  for (const [column, count] of levels.entries()) {
    if (count === undefined || isWhole(count, 1)) continue;
    yield { field: `levels[${column}]`, expected: 'a whole number, 1 or more', got: showValue(count) };
  }
  const problem = matrixProblem(features, names.length);
  if (problem) yield problem;
  yield* categoryProblems(request);
  if (labels.length !== features.rows) {
    yield { field: 'labels', expected: `one a row, ${features.rows}`, got: String(labels.length) };
  }
  if (!(l2 >= 0 && l2 < Infinity)) {
    yield { field: 'l2', expected: 'a finite number, 0 or more', got: showValue(l2) };
  }
  if (!isWhole(maxIterations, 1)) {
    yield { field: 'maxIterations', expected: 'a whole number, 1 or more', got: showValue(maxIterations) };
  }
}

function* categoryProblems({
  features: { columns, values },
  names,
  levels,
}: LinearRequest): Generator<FieldProblem> {
  for (const [column, count] of levels.entries()) {
    if (count === undefined) continue;
    for (let at = column; at < values.length; at += columns) {
      const value = values[at] as number;
      if (Number.isNaN(value) || (isWhole(value, 0) && value < count)) continue;
      const field = `features[${(at - column) / columns}].${names[column]}`;
      yield {
        field,
        expected: `a level's index, 0 to ${count - 1}, or NaN for missing`,
        got: showValue(value),
      };
    }
  }
}
