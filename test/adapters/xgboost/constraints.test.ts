import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { loadPredictor } from '#adapters/xgboost/predict.ts';
import { trainSync } from '#adapters/xgboost/train.ts';
import { matrix } from './fixture.ts';
import { xgboost } from './library.ts';
import { pythonCase } from './objectives.ts';

type Row = readonly [x0: number, x1: number, x2: number, zone: number, kind: number];

const number = fc.integer({ min: -300, max: 300 }).map((hundredths) => hundredths / 100);
const values = [number, number, number, fc.nat(11), fc.nat(4)] as const;
const row: fc.Arbitrary<Row> = fc.tuple(...values);

const free = trainSync(xgboost, pythonCase('squared error by mae').request).model;

function marginsOf(model: Uint8Array) {
  const predictor = loadPredictor(xgboost, model);
  afterAll(() => predictor.close());
  return (rows: readonly Row[]) => predictor.margins(matrix(Float32Array.from(rows.flat()), 5));
}

describe('trees that may only rise with x0 and only fall with x1', () => {
  const constrained = marginsOf(trainSync(xgboost, pythonCase('monotone').request).model);
  const unconstrained = marginsOf(free);

  it.each([
    ['rise with x0', 0, 1],
    ['fall with x1', 1, -1],
  ] as const)('%s, wherever the other features are', (_, column, direction) => {
    const along = (margins: typeof constrained, at: Row) => {
      const grid = Array.from(
        { length: 61 },
        (__, step) => at.with(column, (step - 30) / 10) as unknown as Row,
      );
      const found = margins(grid);
      return found.slice(1).map((margin, step) => direction * (margin - (found[step] as number)));
    };
    const holds = (margins: typeof constrained) =>
      fc.check(
        fc.property(row, (at) => along(margins, at).every((step) => step >= 0)),
        { seed: 1 },
      );
    expect(holds(constrained).failed).toBe(false);
    expect(holds(unconstrained).failed).toBe(true);
    expect(along(constrained, [0, 0, 0, 1, 2]).some((step) => step > 0)).toBe(true);
  });
});

describe('trees whose paths may hold x0 and zone, or kind, x1 and x0', () => {
  const constrained = marginsOf(trainSync(xgboost, pythonCase('interactions').request).model);
  const unconstrained = marginsOf(free);

  /** How much the effect of one feature depends on another: 0 when their effects add up. */
  const interaction = (margins: typeof constrained, a: number, b: number, at: Row, to: Row) => {
    const move = (from: Row, column: number) => from.with(column, to[column] as number) as unknown as Row;
    const [neither, first, second, both] = margins([at, move(at, a), move(at, b), move(move(at, a), b)]);
    return Math.abs((neither as number) + (both as number) - (first as number) - (second as number));
  };
  const isAdditive = (margins: typeof constrained, a: number, b: number) =>
    !fc.check(
      fc.property(row, row, (at, to) => interaction(margins, a, b, at, to) < 1e-3),
      { seed: 1 },
    ).failed;

  it.each([
    ['x1 and zone', 1, 3],
    ['zone and kind', 3, 4],
    ['x2, in no group, and x0', 2, 0],
    ['x2, in no group, and zone', 2, 3],
  ] as const)('%s add up, which they do not in free trees', (_, a, b) => {
    expect(isAdditive(constrained, a, b)).toBe(true);
    expect(isAdditive(unconstrained, a, b)).toBe(false);
  });

  it.each([
    ['x0 and zone', 0, 3],
    ['x0 and x1', 0, 1],
  ] as const)('%s, of one group, act together', (_, a, b) => {
    expect(isAdditive(constrained, a, b)).toBe(false);
  });
});
