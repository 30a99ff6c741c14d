import type { Row, ValueType } from '../expression/index.ts';
import type { SliceSpec } from '../spec/gates.ts';
import type { Task } from '../spec/task.ts';
import { type EvaluateOptions, evaluate } from './evaluate.ts';
import { adjustedPValues } from './false-discovery.ts';
import { groupRows, pickRows, type SmallGroup, splitBySize } from './group-rows.ts';
import { type Estimate, meanWithError } from './interval.ts';
import { normalCdf } from './normal.ts';

/** What the version's losses are compared with. */
export type SliceReference = 'champion' | 'baseline';

/** The rows of one value of a slice's expression. Losses are in the unit of the primary metric. */
export interface SliceGroup {
  readonly group: string | null;
  readonly rows: number;
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** Mean loss of the version; null with `difference` when these rows do not define the losses. */
  readonly loss: number | null;
  readonly referenceLoss: number | null;
  /** Mean of the version's loss less the reference's, row by row: positive is worse. */
  readonly difference: number | null;
  /** Of the hypothesis that the version is at most the margin worse here; one-sided. */
  readonly pValue: number | null;
  /** The p-value among those of all groups of all slices. */
  readonly adjustedPValue: number | null;
  /** Whether the version is worse here by more than the margin, with the slice's confidence. */
  readonly worse: boolean;
}

/** How a version does in the groups of one slice. Plain JSON. */
export interface SliceEvaluation {
  readonly by: string;
  readonly against: SliceReference;
  readonly minRows: number;
  readonly confidence: number;
  /** Share of the reference's loss that the version may lose on top. */
  readonly margin: number;
  readonly groups: readonly SliceGroup[];
  /** Groups below `minRows`, which nobody judges: the largest 50. */
  readonly tooSmall: readonly SmallGroup[];
  readonly tooSmallCount: number;
}

export interface SlicedRows {
  readonly task: Task;
  /** Column -> type of `rows`. */
  readonly types: Readonly<Record<string, ValueType>>;
  /** Raw columns. */
  readonly rows: readonly Row[];
  readonly labels: ArrayLike<number>;
  /** rows x outputs. */
  readonly scores: ArrayLike<number>;
  readonly options: EvaluateOptions;
  /** Row losses of the version; null: not defined on these rows. */
  readonly losses: Float64Array | null;
  readonly reference: { readonly kind: SliceReference; readonly losses: Float64Array | null };
}

/**
 * Compares the version with what it replaces in every group of every slice: the mean m of the row losses less
 * (1 + margin) times the reference's, z = m / (s / sqrt(n)), p = P(Z >= z). All p-values are adjusted together, so that many groups
 * do not make a bad one by chance. Rows count as independent: where neighbours in time share their fate, p is
 * too sure of itself.
 * Source: the paired z test of Diebold and Mariano, J. Business and Economic Statistics 13, 1995, for
 * independent rows; Benjamini and Hochberg, JRSS B 57, 1995.
 */
export function evaluateSlices(specs: readonly SliceSpec[], input: SlicedRows): SliceEvaluation[] {
  const slices = specs.map((spec) => {
    const { large, ...small } = splitBySize(groupRows(spec.by, input.types, input.rows), spec.minRows);
    const groups = large.map(({ group, rows }) => ({ group, ...describeGroup(rows, spec, input) }));
    return { spec, groups, small };
  });
  const pValues = slices.flatMap(({ groups }) => groups.flatMap(({ pValue }) => pValue ?? []));
  const adjusted = adjustedPValues(pValues)[Symbol.iterator]();
  return slices.map(({ spec: { by, minRows, confidence, margin }, groups, small }) => ({
    by,
    against: input.reference.kind,
    minRows,
    confidence,
    margin,
    groups: groups.map((group) => {
      const adjustedPValue = group.pValue === null ? null : (adjusted.next().value as number);
      const worse = adjustedPValue !== null && adjustedPValue <= Number((1 - confidence).toPrecision(12));
      return { ...group, adjustedPValue, worse };
    }),
    ...small,
  }));
}

function describeGroup(
  rows: readonly number[],
  { margin }: SliceSpec,
  { task, labels, scores, options, losses, reference }: SlicedRows,
): Omit<SliceGroup, 'group' | 'adjustedPValue' | 'worse'> {
  const { metrics } = evaluate(
    task,
    pickRows(labels, rows),
    pickRows(scores, rows, scores.length / labels.length),
    options,
  );
  const known = { rows: rows.length, metrics };
  if (!losses || !reference.losses) {
    return { ...known, loss: null, referenceLoss: null, difference: null, pValue: null };
  }
  const [own, other] = [pickRows(losses, rows), pickRows(reference.losses, rows)];
  const [loss, referenceLoss] = [meanWithError(own).mean, meanWithError(other).mean];
  const excess = own.map((value, index) => value - (1 + margin) * (other[index] as number));
  return { ...known, loss, referenceLoss, difference: loss - referenceLoss, pValue: oneSided(excess) };
}

/** Without any spread the sign of the mean is all there is to know. */
function oneSided(excess: Float64Array): number | null {
  const { mean, error } = meanWithError(excess);
  if (error === null) return null;
  if (error === 0) return mean > 0 ? 0 : 1;
  return normalCdf(-mean / error);
}
