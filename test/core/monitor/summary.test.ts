import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BinMismatchError } from '#core/drift/errors.ts';
import { categoricalProfile, decileCuts, numericProfile } from '#core/drift/profile.ts';
import { mergeSummaries, SAMPLE_ROWS, type SummaryReading, summarise } from '#core/monitor/summary.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import { LATENCY_BOUNDS } from '#core/registry/serving-records.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import type { InputColumn } from '#core/serve/signature.ts';
import { type ColumnInput, ColumnSpec, integer, number, text } from '#core/spec/column.ts';

const kilometres = Array.from({ length: 100 }, (_, index) => index);
const declare = (name: string, column: ColumnInput, optional = false): InputColumn => ({
  name,
  dataset: 'trips',
  optional,
  column: ColumnSpec.parse(column),
});
/** Of an id, as good as any other hash: many are equal. */
const hash = (id: string) => [...id].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 97, 0);
const reading: SummaryReading = {
  version: 3,
  compared: [
    numericProfile('km', decileCuts(kilometres), kilometres),
    categoricalProfile('city', ['north', 'south'], ['north', 'south']),
  ],
  columns: [
    declare('km', number({ min: 0, max: 99 })),
    declare('city', text({ oneOf: ['north', 'south'] }), true),
  ],
  scores: numericProfile('prediction', [0.5], [0.25, 0.75]),
  threshold: 0.5,
  groups: [{ by: 'city', known: ['north'] }],
  hash,
};

const row = (changes: Partial<LoggedPrediction & { probability: number }> = {}): LoggedPrediction => ({
  id: 'request#0',
  model: 'late',
  version: 3,
  variant: 'champion',
  latencyMs: 1,
  at: '2026-01-01T00:00:00.000Z',
  key: {},
  inputs: { km: 5, city: 'north' },
  ...{ probability: 0.4, margin: -0.4, positive: false },
  ...changes,
});

describe('a window’s summary', () => {
  it('counts each id once, by version, and when the newest was answered', () => {
    const rows = [
      row({ at: '2026-01-01T02:00:00.000Z' }),
      row({ at: '2026-01-01T02:00:00.000Z' }),
      row({ id: 'other#0', version: 4, variant: 'canary' }),
    ];
    expect(summarise(rows, reading)).toMatchObject({
      rows: 2,
      versions: { 3: 1, 4: 1 },
      newest: '2026-01-01T02:00:00.000Z',
    });
  });

  it('leaves out what a shadow said beside an answer', () => {
    const shadow = row({ id: 'request#0~shadow', variant: 'shadow', at: '2027-01-01T00:00:00.000Z' });
    expect(summarise([row(), shadow], reading)).toEqual(summarise([row()], reading));
  });

  it('compares the inputs of every version that took all compared columns', () => {
    const rows = [row(), row({ id: 'a#0', version: 4 }), row({ id: 'b#0', version: 2, inputs: { km: 1 } })];
    const { rows: answered, compared, columns } = summarise(rows, reading);
    expect([answered, compared, ...columns.map((column) => column.rows)]).toEqual([3, 2, 2, 2]);
    expect(columns[1]).toMatchObject({ column: 'city', counts: [2, 0], other: 0 });
  });

  it('looks at the answers of the watched version alone', () => {
    const rows = [
      row({ probability: 0.9 }),
      row({ id: 'a#0' }),
      row({ id: 'b#0', version: 4, probability: 0.9 }),
    ];
    const { scores, sample, answers, groups } = summarise(rows, reading);
    expect(answers).toMatchObject({ rows: 2, bins: [{ positive: false }, { positive: true }] });
    expect(groups).toMatchObject([{ apart: [{ group: 'north', isKnown: true, rows: 2 }] }]);
    expect(scores).toMatchObject({ column: 'prediction', counts: [1, 1], rows: 2 });
    expect(sample).toHaveLength(2);
    expect(summarise(rows, { ...reading, scores: undefined })).not.toHaveProperty('scores');
  });

  it('takes a regression’s value and a multiclass model’s label for its answer', () => {
    const { probability: _, margin: __, positive: ___, ...logged } = row() as never as Record<string, never>;
    const answers = (prediction: object, scores: SummaryReading['scores']) =>
      summarise([{ ...logged, ...prediction } as never], { ...reading, scores });
    const value = answers({ value: 7 }, numericProfile('prediction', [5], [4, 6]));
    expect(value.scores?.counts).toEqual([0, 1]);
    expect(value.sample[0]?.prediction).toEqual({ value: 7 });
    const label = { label: 'b', probabilities: { a: 0.1, b: 0.9 } };
    const found = answers(label, categoricalProfile('prediction', ['a', 'b'], ['a', 'b']));
    expect(found.scores?.counts).toEqual([0, 1]);
    expect(found.sample[0]?.prediction).toEqual(label);
  });

  it('counts the values that the dataset would refuse: nulls, other types, out of range', () => {
    const inputs = [
      { km: null, city: null },
      { km: '5', city: 'north' },
      { km: 100, city: 'east' },
      { km: -1, city: 7 },
      { km: 99, city: 'south' },
    ];
    const rows = inputs.map((values, index) => row({ id: `${index}#0`, inputs: values }));
    expect(summarise(rows, reading).quality).toEqual([
      { column: 'km', nulls: 1, types: 1, ranges: 2 },
      { column: 'city', nulls: 0, types: 1, ranges: 1 },
    ]);
    expect(summarise([row()], reading).quality).toEqual([]);
  });

  it('takes a fraction for another type than a whole number, a text too long for out of range', () => {
    const columns = [declare('km', integer()), declare('city', text({ maxLength: 5 }))];
    const rows = [row({ inputs: { km: 1.5, city: 'northern' } })];
    expect(summarise(rows, { ...reading, columns }).quality).toEqual([
      { column: 'km', nulls: 0, types: 1, ranges: 0 },
      { column: 'city', nulls: 0, types: 0, ranges: 1 },
    ]);
  });

  it('counts a request’s latency once, however many rows it has', () => {
    const rows = [0, 1, 2].map((index) => row({ id: `request#${index}`, latencyMs: 0.3 }));
    const { latency } = summarise([...rows, row({ id: 'slow#0', latencyMs: 1e9 })], reading);
    expect(latency).toHaveLength(LATENCY_BOUNDS.length + 1);
    expect(latency.indexOf(1)).toBe(LATENCY_BOUNDS.findIndex((bound) => bound >= 0.3));
    expect(latency.at(-1)).toBe(1);
    expect(latency.reduce((a, b) => a + b)).toBe(2);
  });

  it('samples the rows of smallest hash, without what else the log says of them', () => {
    const rows = Array.from({ length: 3 * SAMPLE_ROWS }, (_, index) =>
      row({ id: `${index}#0`, inputs: { km: index, city: null } }),
    );
    const { sample } = summarise(rows, { ...reading, hash: (id) => 1e6 - Number.parseInt(id, 10) });
    expect(sample.map(({ inputs }) => inputs.km)).toEqual(
      Array.from({ length: SAMPLE_ROWS }, (_, index) => 3 * SAMPLE_ROWS - 1 - index),
    );
    expect(sample[0]).toEqual({
      hash: 1e6 - 2999,
      inputs: { km: 2999, city: null },
      prediction: { probability: 0.4, margin: -0.4, positive: false },
    });
  });

  it('of no rows says so', () => {
    expect(summarise([], reading)).toMatchObject({
      ...{ rows: 0, versions: {}, newest: null, compared: 0, quality: [], sample: [] },
    });
  });
});

const value = fc.oneof(
  fc.double(),
  fc.integer({ min: -200, max: 200 }),
  fc.constantFrom(null, 'north', true),
);
const logged = fc.record({
  version: fc.constantFrom(2, 3, 3, 10),
  latencyMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
  at: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(1e12) }).map((at) => at.toISOString()),
  inputs: fc.oneof(fc.record({ km: value, city: value }), fc.record({ km: value })),
  probability: fc.double({ min: 0, max: 1, noNaN: true }),
  index: fc.nat(2),
  part: fc.nat(4),
  isShadow: fc.boolean(),
});
const rowsOf = (found: readonly (typeof logged extends fc.Arbitrary<infer Logged> ? Logged : never)[]) =>
  found.map(({ index, part, isShadow, ...changes }, place) => ({
    part,
    // As it was logged: JSON has no -0.
    row: JSON.parse(
      JSON.stringify(row({ ...changes, id: `${place}#${index}${isShadow ? '~shadow' : ''}` } as never)),
    ) as LoggedPrediction,
  }));

describe('merged summaries', () => {
  it('of any parts, in any order, are the summary of the whole, to the bit', () => {
    fc.assert(
      fc.property(
        fc.array(logged, { maxLength: 60 }),
        fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
        (found, order) => {
          const rows = rowsOf(found);
          const parts = order.map((number) =>
            summarise(
              rows.filter(({ part }) => part === number).map(({ row }) => row),
              reading,
            ),
          );
          const whole = summarise(
            rows.map(({ row }) => row),
            reading,
          );
          // As it is kept: a part comes back from JSON.
          const kept = JSON.parse(JSON.stringify(parts)) as typeof parts;
          expect(kept.reduce(mergeSummaries)).toEqual(whole);
          expect(kept.reduceRight((a, b) => mergeSummaries(a, b))).toEqual(whole);
        },
      ),
    );
  });

  it('keep the sample of the whole where the parts have more rows than it holds', () => {
    const rows = Array.from({ length: 2500 }, (_, index) =>
      row({ id: `${index}#0`, inputs: { km: index, city: null } }),
    );
    const parts = [0, 1, 2].map((part) =>
      summarise(
        rows.filter((_, index) => index % 3 === part),
        reading,
      ),
    );
    expect(parts.reduce(mergeSummaries)).toEqual(summarise(rows, reading));
  });

  it('of a thousand parts are the summary of the whole, to the bit', () => {
    const random = seededRandom('parts');
    const rows = Array.from({ length: 5000 }, (_, index) => {
      const probability = random.uniform() ** 4;
      return row({
        ...{ id: `${index}#0`, probability, positive: probability >= 0.5 },
        inputs: { km: random.uniform() * 99, city: `city ${random.integer(0, 400)}` },
      });
    });
    const parts = Array.from({ length: 1000 }, () => [] as LoggedPrediction[]);
    for (const each of rows) parts[random.integer(0, 999)]?.push(each);
    const whole = summarise(rows, reading);
    expect(whole.groups[0]?.other).toBeGreaterThan(1000);
    const kept = JSON.parse(JSON.stringify(parts.map((part) => summarise(part, reading))));
    expect((kept as (typeof whole)[]).reduce(mergeSummaries)).toEqual(whole);
  });

  it('with that of no rows are the same', () => {
    const some = summarise([row()], reading);
    expect(mergeSummaries(summarise([], reading), some)).toEqual(some);
  });

  it('read against other baselines are refused', () => {
    const [one, fewer] = [reading, { ...reading, compared: reading.compared.slice(1) }].map((read) =>
      summarise([row()], read),
    ) as [ReturnType<typeof summarise>, ReturnType<typeof summarise>];
    expect(() => mergeSummaries(one, fewer)).toThrow(BinMismatchError);
    expect(() => mergeSummaries(fewer, one)).toThrow('must be 1 columns, got 2 columns');
    const ungrouped = summarise([row()], { ...reading, groups: [] });
    expect(() => mergeSummaries(one, ungrouped)).toThrow(BinMismatchError);
  });
});
