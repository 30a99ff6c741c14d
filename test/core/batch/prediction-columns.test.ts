import { describe, expect, it } from 'vitest';
import { predictionColumns } from '#core/batch/prediction-columns.ts';
import type { Prediction } from '#core/serve/answer.ts';
import type { Signature } from '#core/serve/signature.ts';

type Shape = Pick<Signature, 'task' | 'classes' | 'key'>;
const names = (shape: Shape) => predictionColumns(shape).map(({ name }) => name);
const cells = (shape: Shape, prediction?: Prediction, error?: string) =>
  predictionColumns(shape).map(({ cell }) => cell(prediction, error));

const binary = { task: 'binary', key: ['id'] } as const;
const regression = { task: 'regression', key: ['id'] } as const;
const multiclass = { task: 'multiclass', classes: ['a', 'b'], key: ['id'] } as const;

describe('the columns of a batch’s output', () => {
  it('hold all that online serving answers of a row', () => {
    expect(names(binary)).toEqual(['probability', 'margin', 'positive', 'error']);
    expect(cells(binary, { probability: 0.25, margin: -1, positive: false })).toEqual([
      0.25,
      -1,
      false,
      null,
    ]);
    expect(names(regression)).toEqual(['value', 'error']);
    expect(cells(regression, { value: 0 })).toEqual([0, null]);
    expect(names(multiclass)).toEqual(['label', 'probability_a', 'probability_b', 'error']);
    const prediction = { label: 'b', probabilities: { a: 0.25, b: 0.75 } };
    expect(cells(multiclass, prediction)).toEqual(['b', 0.25, 0.75, null]);
  });

  it('hold nothing but the reason of a row that the model does not take', () => {
    expect(cells(binary, undefined, 'km: expected a number')).toEqual([
      null,
      null,
      null,
      'km: expected a number',
    ]);
    expect(cells(multiclass, undefined, 'why')).toEqual([null, null, null, 'why']);
  });

  it('give way to key columns and classes of the same name, in whatever case', () => {
    expect(names({ task: 'regression', key: ['Value', 'error'] })).toEqual([
      'predicted_value',
      'predicted_error',
    ]);
    expect(names({ task: 'multiclass', classes: ['x', 'X'], key: [] })).toEqual([
      'label',
      'probability_x',
      'predicted_probability_X',
      'error',
    ]);
  });
});
