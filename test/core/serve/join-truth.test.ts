import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinTruth } from '#core/serve/join-truth.ts';
import type { Truth } from '#core/serve/truth.ts';
import { at, idAt, prediction, truth } from './truths.ts';

const DAY = 86_400;
const key = { carrier: 'UA', time: 5 };

const actuals = (truths: readonly Truth[], predictions = [prediction(10)]) =>
  joinTruth(predictions, truths, DAY).outcomes.map(({ actual }) => actual);

describe('a truth by id', () => {
  it("is of the row with that id and of its shadow's, whoever else was asked then", () => {
    const [row, other] = [prediction(10), prediction(10, { id: idAt(10).replace('#0', '#1') })];
    const shadow = prediction(10, { id: `${row.id}~shadow`, version: 2, variant: 'shadow' });
    const { outcomes } = joinTruth([row, other, shadow], [truth(20, { id: row.id })], DAY);
    expect(outcomes).toEqual([
      { prediction: row, actual: true, at: at(20) },
      { prediction: shadow, actual: true, at: at(20) },
    ]);
  });

  it('that nobody predicted is unknown', () => {
    expect(joinTruth([prediction(10)], [truth(20, { id: idAt(11) })], DAY)).toMatchObject({
      outcomes: [],
      unknown: 1,
      unmatched: 0,
    });
  });

  it('is taken even if the clock of who heard it is behind', () => {
    expect(actuals([truth(9, { id: idAt(10) })])).toEqual([true]);
  });
});

describe('a truth by key', () => {
  it('is of every row with that key that was predicted before it came', () => {
    const rows = [
      prediction(10, { key }),
      prediction(15, { key: { time: 5, carrier: 'UA' } }),
      prediction(15, { id: idAt(15, 1), key: { ...key, carrier: 'AA' } }),
      prediction(21, { key }),
    ];
    const { outcomes, unmatched } = joinTruth(rows, [truth(20, { key })], DAY);
    expect(outcomes.map((outcome) => outcome.prediction)).toEqual(rows.slice(0, 2));
    expect(unmatched).toBe(0);
  });

  it('is not of a row that did not bring the whole key', () => {
    const rows = [prediction(10, { key: { carrier: 'UA', time: null } })];
    expect(joinTruth(rows, [truth(20, { key })], DAY)).toMatchObject({ outcomes: [], unmatched: 1 });
  });
});

describe('truth of one row that comes more than once', () => {
  const of = { id: idAt(10) };

  it('counts once when it says the same, from when it first came', () => {
    const joined = joinTruth([prediction(10)], [truth(30, of), truth(20, of), truth(40, of)], DAY);
    expect(joined.outcomes).toMatchObject([{ actual: true, at: at(20) }]);
    expect(joined).toMatchObject({ repeated: 2, conflicting: [] });
  });

  it('counts as the later one says when it differs, and the row is named', () => {
    const joined = joinTruth([prediction(10)], [truth(30, of, false), truth(20, of, true)], DAY);
    expect(joined.outcomes).toMatchObject([{ actual: false, at: at(30) }]);
    expect(joined).toMatchObject({ repeated: 0, conflicting: [of.id] });
  });

  it('names a row once, though its shadow was told the same', () => {
    const rows = [prediction(10), prediction(10, { id: `${of.id}~shadow`, variant: 'shadow' })];
    const joined = joinTruth(rows, [truth(20, of, true), truth(30, of, false), truth(31, of, false)], DAY);
    expect(joined).toMatchObject({ repeated: 1, conflicting: [of.id] });
  });
});

describe('a truth that comes later than it is taken', () => {
  it('is not used, and counted', () => {
    const of = { id: idAt(10) };
    expect(joinTruth([prediction(10)], [truth(10 + DAY, of)], DAY)).toMatchObject({ late: 0 });
    expect(joinTruth([prediction(10)], [truth(11 + DAY, of)], DAY)).toMatchObject({ outcomes: [], late: 1 });
  });

  it('by key is still taken for rows that were predicted lately', () => {
    const rows = [prediction(10, { key }), prediction(20, { key })];
    const joined = joinTruth(rows, [truth(15 + DAY, { key })], DAY);
    expect(joined.outcomes.map((outcome) => outcome.prediction)).toEqual([rows[1]]);
    expect(joined.late).toBe(0);
  });
});

const someTruth = fc
  .record({
    seconds: fc.integer({ min: 0, max: 60 }),
    of: fc.constantFrom({ id: idAt(10) }, { id: idAt(20) }, { id: idAt(99) }, { key }),
    actual: fc.boolean(),
    source: fc.constantFrom('feedback', 'flights@5'),
  })
  .map(({ seconds, of, actual, source }) => truth(seconds, of, actual, source));
const rows = [prediction(10, { key }), prediction(20), prediction(30, { key })];

it('the order in which truths are read changes nothing', () => {
  fc.assert(
    fc.property(fc.array(someTruth, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (truths, random) => {
      const shuffled = truths
        .map((one) => ({ one, place: random.next().value as number }))
        .sort((a, b) => a.place - b.place)
        .map(({ one }) => one);
      expect(joinTruth(rows, shuffled, 40)).toEqual(joinTruth(rows, truths, 40));
    }),
  );
});

it('without conflicts the order in which truths arrive changes no actual', () => {
  fc.assert(
    fc.property(fc.array(someTruth, { maxLength: 12 }), fc.nat(11), (truths, turn) => {
      const agreeing = truths.map((one) => ({ ...one, actual: true, at: at(40) }));
      const others = agreeing.map((one, index) => ({ ...one, at: at(40 + ((index + turn) % 12)) }));
      const said = (all: readonly Truth[]) =>
        joinTruth(rows, all, DAY).outcomes.map(({ prediction: { id }, actual }) => [id, actual]);
      expect(said(others)).toEqual(said(agreeing));
    }),
  );
});

it('a truth that is delivered k times gives the same outcomes as once', () => {
  fc.assert(
    fc.property(fc.array(someTruth, { maxLength: 8 }), fc.integer({ min: 2, max: 4 }), (truths, k) => {
      const often = truths.flatMap((one) => Array.from({ length: k }, () => one));
      const [once, many] = [joinTruth(rows, truths, 40), joinTruth(rows, often, 40)];
      expect([many.outcomes, many.conflicting]).toEqual([once.outcomes, once.conflicting]);
    }),
  );
});
