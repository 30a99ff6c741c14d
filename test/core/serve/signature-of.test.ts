import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeInputs } from '#core/serve/describe-inputs.ts';
import { parseRows } from '#core/serve/parse-rows.ts';
import { inputTypes } from '#core/serve/signature.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import { boolean, number, text, timestamp } from '#core/spec/column.ts';
import { defineDataset } from '#core/spec/dataset.ts';
import { categorical, defineModel } from '#core/spec/model.ts';
import { rain, trips, tripsLate } from '#test/support/trips.ts';
import { flightsLate } from '../../../models/flights-late.ts';

const signature = signatureOf(tripsLate(), { city: ['north'], kind: ['day'] });

describe('signatureOf', () => {
  it('needs the columns that features read; joined ones may be missing, others when they may be null', () => {
    const optional = signature.inputs.map(({ name, dataset, optional }) => [name, dataset, optional]);
    expect(optional).toEqual([
      ['city', 'trips', false],
      ['express', 'trips', true],
      ['kind', 'trips', true],
      ['km', 'trips', true],
      ['mm', 'rain', true],
    ]);
  });

  it('never needs a joined column: a row may have no partner', () => {
    const dataset = defineDataset({ ...rain, columns: { ...rain.columns, mm: number() } });
    const on = { city: 'city', at: 'measured_at' };
    const strict = signatureOf(tripsLate({ join: [{ dataset, on, kind: 'asof' }] }), {});
    expect(strict.inputs.find(({ name }) => name === 'mm')?.optional).toBe(true);
  });

  it('carries the key and the time that no feature reads, and never needs them', () => {
    expect(signature.key).toEqual(['at', 'id']);
    expect(signature.carried.map(({ name, optional }) => [name, optional])).toEqual([
      ['at', true],
      ['id', true],
    ]);
    const byId = signatureOf(tripsLate({ features: { id: 'id' }, join: [] }), {});
    expect(byId.inputs.map(({ name, optional }) => [name, optional])).toEqual([['id', false]]);
    expect(byId.carried.map(({ name }) => name)).toEqual(['at']);
  });

  it('ignores the other known columns, each once', () => {
    expect(signature.ignored).toEqual(['delay', 'measured_at']);
  });

  it('keeps the features in the spec’s order, with the learned levels', () => {
    expect(signature.features.map(({ name, kind, levels }) => [name, kind, levels])).toEqual([
      ['city', 'categorical', ['north']],
      ['kind', 'categorical', ['day']],
      ['km', 'number', undefined],
      ['express', 'number', undefined],
      ['mm', 'number', undefined],
    ]);
  });

  it('is plain JSON that gives the types of the columns features read', () => {
    expect(JSON.parse(JSON.stringify(signature))).toEqual(signature);
    expect(inputTypes(signature)).toEqual({
      city: 'text',
      express: 'boolean',
      kind: 'text',
      km: 'number',
      mm: 'number',
    });
  });
});

describe('describeInputs', () => {
  it('says what each column takes and where it comes from', () => {
    const { columns } = describeInputs(signature);
    expect(columns.city).toEqual({
      type: 'text',
      required: true,
      expected: 'one of "north", "south"',
      dataset: 'trips',
    });
    expect(columns.mm).toEqual({
      type: 'number',
      required: false,
      expected: 'a number at least 0 or null',
      dataset: 'rain',
    });
    expect(Object.keys(columns).sort()).toEqual(['at', 'city', 'express', 'id', 'kind', 'km', 'mm']);
  });

  it('gives an example that the model of flights accepts', () => {
    const flights = signatureOf(flightsLate, {});
    const { example } = describeInputs(flights);
    expect(parseRows(flights, JSON.parse(JSON.stringify(example)))).toHaveLength(1);
  });

  it.each([
    [5e-324, 5e-324],
    [1.7e308, 1.7e308],
    [-1.7e308, 1.7e308],
  ])('gives an example between %d and %d', (min, max) => {
    const from = defineDataset({ ...trips, columns: { ...trips.columns, x: number({ min, max }) } });
    const narrow = signatureOf(tripsLate({ from, features: { x: 'x' }, join: [] }), {});
    expect(parseRows(narrow, describeInputs(narrow).example)).toHaveLength(1);
  });

  it('gives an example that every model accepts', () => {
    const bound = fc.option(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()), {
      nil: undefined,
    });
    const numbers = fc.tuple(bound, bound, fc.boolean()).map(([a, b, integer]) => {
      const [min, max] = a !== undefined && b !== undefined && a > b ? [b, a] : [a, b];
      return { ...(min !== undefined && { min }), ...(max !== undefined && { max }), integer };
    });
    const usable = numbers.filter(
      ({ min = -Infinity, max = Infinity, integer }) => !integer || Math.ceil(min) <= Math.floor(max),
    );
    const texts = fc.oneof(
      fc.record({ maxLength: fc.integer({ min: 1, max: 10 }) }),
      fc.record({ oneOf: fc.uniqueArray(fc.string({ maxLength: 5 }), { minLength: 1, maxLength: 3 }) }),
    );
    const instants = fc.record({
      min: fc.constantFrom('1600-01-01T00:00:00Z', '2013-01-01T00:00:00.5Z', '2199-12-31T23:59:59Z'),
    });
    fc.assert(
      fc.property(usable, texts, instants, (x, t, at) => {
        const from = defineDataset({
          name: 'd',
          time: 'at',
          key: ['t'],
          columns: { x: number(x), t: text(t), b: boolean(), at: timestamp(at), y: number() },
        });
        const features = { x: 'x', b: 'b', t: categorical('t'), hour: 'hour(at)' };
        const any = signatureOf(
          defineModel({ name: 'm', task: 'binary', from, label: 'y > 0', features }),
          {},
        );
        const { example } = describeInputs(any);
        expect(parseRows(any, JSON.parse(JSON.stringify(example)))).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });
});
