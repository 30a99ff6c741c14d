import { describe, expect, it } from 'vitest';
import type { ToldTruth } from '#core/api/truth.ts';
import { checkFeedback } from '#core/serve/check-feedback.ts';
import { truthRules } from '#core/serve/check-truth.ts';
import { defineDataset } from '#core/spec/dataset.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { problemsOf } from '#test/support/problems.ts';
import { trips, tripsInput, tripsLate } from '#test/support/trips.ts';
import { at, idAt } from './truths.ts';

const NOW = 1000;
const now = Date.parse(at(NOW));
const binary = tripsLate({ truth: { within: '1 hour' } });
const key = { id: 7, at: '2013-04-01T06:30:00Z' };

const check = (told: readonly ToldTruth[], model: ModelSpec = binary, classes: readonly string[] = []) =>
  checkFeedback(truthRules(model, classes), told, now);
const refused = (told: readonly ToldTruth[], model?: ModelSpec, classes?: readonly string[]) =>
  problemsOf('InvalidInputError', () => check(told, model, classes));

describe('a truth may name', () => {
  it("a row by its id, or by its request's id and its place, the first unless it says", () => {
    const predictionId = idAt(10).replace('#0', '');
    const told = [
      { id: `${predictionId}#2`, actual: true },
      { predictionId, actual: false },
      { predictionId, row: 1, actual: true },
    ];
    expect(check(told).truths.map(({ of }) => of)).toEqual([
      { id: `${predictionId}#2` },
      { id: idAt(10) },
      { id: `${predictionId}#1` },
    ]);
  });

  it('every row with a key, whose instants become epoch milliseconds as in the log', () => {
    expect(check([{ key, actual: true }]).truths).toEqual([
      { of: { key: { at: Date.parse(key.at), id: 7 } }, actual: true },
    ]);
  });
});

describe('an actual is', () => {
  const multiclass = tripsLate({
    task: 'multiclass',
    label: 'kind',
    available: { kind: 'after' },
    features: { km: 'km' },
  });
  const regression = tripsLate({ task: 'regression', label: 'delay' });
  it.each<[string, ModelSpec, ToldTruth['actual'][], ToldTruth['actual'][], string]>([
    ['true or false of a condition', binary, [true, false], [1, 'true'], 'true or false'],
    ['one of the classes', multiclass, ['day', 'night'], ['dawn', true, 1], 'one of "day", "night"'],
    ['a number of a regression', regression, [0, -1.5], ['1', true, Number.NaN, Infinity], 'a number'],
  ])('%s', (_, model, right, wrong, expected) => {
    for (const actual of right)
      expect(check([{ id: idAt(10), actual }], model, ['day', 'night']).truths).toHaveLength(1);
    for (const actual of wrong) {
      const [problem] = refused([{ id: idAt(10), actual }], model, ['day', 'night']);
      expect(problem).toMatchObject({ field: 'truths[0].actual', expected });
    }
  });
});

describe('a truth is refused', () => {
  const uuid4 = '7f9c24e5-2f6b-4c1a-9b1e-5f3f0d9c1a2b';
  it.each<[string, Omit<ToldTruth, 'actual'>, string, string]>([
    ['of an id that no prediction has', { id: `${uuid4}#0` }, 'id', "a prediction's id and its row"],
    ['of an id without its row', { id: idAt(10).slice(0, 36) }, 'id', "a prediction's id and its row"],
    ['of a shadow', { id: `${idAt(10)}~shadow` }, 'id', "a prediction's id and its row"],
    ['of a row that no request has', { id: `${idAt(10).slice(0, 36)}#1000` }, 'id', "a prediction's id"],
    ['of a request id that is none', { predictionId: 'x' }, 'predictionId', "a prediction's id"],
    ['of tomorrow', { id: idAt(NOW + 61) }, 'id', 'made already'],
    ['that comes later than it is taken', { id: idAt(NOW - 3601) }, 'id', 'at most 1 hour ago'],
    ['by a key with a column missing', { key: { id: 7 } }, 'key.at', 'an ISO 8601 instant'],
    ['by a key with another column', { key: { ...key, city: 'north' } }, 'key.city', 'the key: at, id'],
    ['by a key of another type', { key: { ...key, id: '7' } }, 'key.id', 'a whole number'],
    [
      'by a column that every object has',
      { key: { id: 7, constructor: 'x' } as never },
      'key.constructor',
      'the key',
    ],
  ])('%s', (_, of, field, expected) => {
    const problems = refused([
      { id: idAt(10), actual: true },
      { ...of, actual: true },
    ]);
    expect(problems.map((problem) => problem.field)).toContain(`truths[1].${field}`);
    expect(problems.map((problem) => problem.expected).join()).toContain(expected);
  });

  it('but not for clocks that differ by a minute, nor at the last moment', () => {
    expect(check([{ id: idAt(NOW + 60), actual: true }]).truths).toHaveLength(1);
    expect(check([{ id: idAt(NOW - 3600), actual: true }]).truths).toHaveLength(1);
  });

  it('by key when rows have none, or the log keeps none of a column', () => {
    const without = defineDataset({ ...tripsInput, key: [] });
    expect(refused([{ key, actual: true }], { ...binary, from: without })[0]?.expected).toContain('an id');
    const columns = { ...trips.columns, id: { ...tripsInput.columns.id, sensitive: 'omit' as const } };
    const omitted = defineDataset({ ...tripsInput, columns });
    expect(refused([{ key, actual: true }], { ...binary, from: omitted })).toMatchObject([
      { field: 'truths[0].key.id', expected: expect.stringContaining('does not keep') },
    ]);
  });
});

describe('the same prediction twice in one request', () => {
  it('counts once when both say the same', () => {
    const told = [
      { id: idAt(10), actual: true },
      { predictionId: idAt(10).slice(0, 36), row: 0, actual: true },
      { key, actual: true },
      { key: { at: '2013-04-01T07:30:00+01:00', id: 7 }, actual: true },
    ];
    const { truths, repeated } = check(told);
    expect(truths.map(({ actual }) => actual)).toEqual([true, true]);
    expect(repeated).toBe(2);
  });

  it('is refused when they differ, and both are named', () => {
    const told = [
      { id: idAt(10), actual: true },
      { key, actual: true },
      { id: idAt(10), actual: false },
    ];
    expect(refused(told)).toEqual([
      { field: 'truths[2].actual', expected: 'what truths[0] says of the same prediction', got: 'false' },
    ]);
  });
});

it('names at most 20 wrong fields', () => {
  expect(refused(Array.from({ length: 50 }, () => ({ id: 'x', actual: 1 })))).toHaveLength(20);
});
