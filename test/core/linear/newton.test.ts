import { expect, it } from 'vitest';
import { NotFeasibleError } from '#core/errors.ts';
import type { Design } from '#core/linear/design.ts';
import { minimise } from '#core/linear/newton.ts';

it('ends with an error, and does not hang, where the loss is beyond what numbers hold', () => {
  const oneRow: Design = {
    rows: 1,
    width: 1,
    codings: [],
    dense: 1,
    numbers: Float64Array.of(1),
    starts: Uint32Array.of(0, 0),
    active: new Uint32Array(0),
    weights: Float64Array.of(1),
    totalWeight: 1,
  };
  const lost = {
    value: () => Number.NaN,
    slopes: () => Float64Array.of(1),
    step: () => Float64Array.of(1),
  };
  const run = () => minimise(oneRow, lost, 1, new Float64Array(1), 5);
  expect(run).toThrow(NotFeasibleError);
  expect(run).toThrow('maxIterations: the weights still move after 5');
});
