import { describe, expect, it } from 'vitest';
import {
  ConflictError,
  IntegrityError,
  InvalidInputError,
  NotFeasibleError,
  NotFoundError,
} from '#core/errors.ts';
import { logRows } from '#core/serve/answer.ts';
import { BadRequestError, NotReadyError, problemDocument } from '#core/serve/problem-document.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import { tripsLate } from '#test/support/trips.ts';

describe('problemDocument', () => {
  it.each([
    [new InvalidInputError([{ field: 'rows', expected: 'rows', got: '5' }]), 422],
    [new NotFoundError('no such model'), 404],
    [new BadRequestError(400, 'no JSON'), 400],
    [new BadRequestError(413, 'too large'), 413],
    [new NotReadyError('train it first'), 409],
    [new ConflictError('the run is over'), 409],
  ])('%s is the caller’s to mend', (error, status) => {
    expect(problemDocument(error)).toMatchObject({
      type: `urn:leeboard:problem:${error.name}`,
      status,
      detail: error.message,
    });
  });

  it('lists each wrong field', () => {
    const problems = [{ field: 'rows', expected: 'an array', got: '5' }];
    expect(problemDocument(new InvalidInputError(problems))?.errors).toEqual(problems);
  });

  it.each([
    new IntegrityError('model.ubj', 'a', 'b'),
    new NotFeasibleError('too few rows'),
    new TypeError('x is undefined'),
    'a text',
    undefined,
  ])('%s is ours, and says nothing to the caller', (error) => {
    expect(problemDocument(error)).toBeUndefined();
  });
});

describe('logRows', () => {
  const signature = signatureOf(tripsLate(), {});
  const request = {
    predictionId: 'p',
    model: 'trips-late',
    version: 3,
    variant: 'canary',
    requestId: 'mine',
    latencyMs: 0.5,
    at: '2013-01-01T00:00:00.000Z',
  } as const;
  const predictions = [
    { probability: 0.25, margin: -1, positive: false },
    { probability: 0.5, margin: 0, positive: true },
  ];
  const row = { city: 'north', km: 5, express: true, kind: null, mm: null, id: 7, at: 1000 };

  const rows = [
    { index: 2, row },
    { index: 5, row: { city: 'south' } },
  ];

  it('names each row of an answer once, with its own inputs, key and result', () => {
    const logged = logRows(signature, request, rows, predictions, (row) => row);
    expect(logged).toEqual([
      {
        id: 'p#2',
        model: 'trips-late',
        version: 3,
        variant: 'canary',
        requestId: 'mine',
        latencyMs: 0.5,
        at: '2013-01-01T00:00:00.000Z',
        key: { at: 1000, id: 7 },
        inputs: { city: 'north', express: true, kind: null, km: 5, mm: null },
        probability: 0.25,
        margin: -1,
        positive: false,
      },
      expect.objectContaining({
        id: 'p#5',
        key: { at: null, id: null },
        inputs: { city: 'south', express: null, kind: null, km: null, mm: null },
        probability: 0.5,
        margin: 0,
      }),
    ]);
  });

  it('keeps of inputs and keys what it is told to keep', () => {
    const [logged] = logRows(signature, request, rows, predictions, ({ city: _, id: __, ...rest }) => rest);
    expect(logged?.inputs).toEqual({ express: true, kind: null, km: 5, mm: null });
    expect(logged?.key).toEqual({ at: 1000 });
  });

  it('gives a shadow other names than the answer that it stands beside', () => {
    const shadow = logRows(signature, { ...request, variant: 'shadow' }, rows, predictions, (row) => row);
    expect(shadow.map(({ id }) => id)).toEqual(['p#2~shadow', 'p#5~shadow']);
  });
});
