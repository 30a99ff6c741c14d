import { checkLabels, countedRows, type LabelledRows } from '../linear/label-check.ts';
import type { NaiveModel } from './naive-model.ts';

/**
 * The models that look at no feature, which every version must beat: the classes' shares (and so the
 * majority), or the labels' mean, median and last value. All count rows by weight; the median is the
 * midpoint of the two middle values where the weight splits evenly between them.
 * @param request labels in time order, the newest last
 * @throws InvalidInputError naming the field that does not fit
 * @throws NotFeasibleError when no row has a weight above 0
 */
export function fitNaive(request: LabelledRows): NaiveModel[] {
  checkLabels(request);
  const counted = countedRows(request.labels, request.weights);
  const labels = Float64Array.from(counted, (row) => request.labels[row] as number);
  const weights = Float64Array.from(counted, (row) => request.weights?.[row] ?? 1);
  const { task } = request;
  if (task === 'regression') {
    return [
      { kind: 'naive', task, rule: 'mean', outputs: [mean(labels, weights)] },
      { kind: 'naive', task, rule: 'median', outputs: [median(labels, weights)] },
      { kind: 'naive', task, rule: 'last', outputs: [labels.at(-1) as number] },
    ];
  }
  if (task === 'binary') return [{ kind: 'naive', task, rule: 'prior', outputs: [mean(labels, weights)] }];
  const shares = Array.from({ length: request.classes as number }, (_, index) =>
    mean(
      labels.map((label) => Number(label === index)),
      weights,
    ),
  );
  return [{ kind: 'naive', task, rule: 'prior', outputs: shares }];
}

function mean(values: Float64Array, weights: Float64Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return values.reduce((sum, value, row) => sum + (weights[row] as number) * value, 0) / total;
}

function median(values: Float64Array, weights: Float64Array): number {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
  const valueAt = (place: number) => values[order[place] as number] as number;
  const weightAt = (place: number) => weights[order[place] as number] as number;
  const half = weights.reduce((sum, weight) => sum + weight, 0) / 2;
  let place = 0;
  let upTo = weightAt(0);
  while (upTo < half) upTo += weightAt(++place);
  return upTo > half ? valueAt(place) : (valueAt(place) + valueAt(place + 1)) / 2;
}
