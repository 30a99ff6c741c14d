import { expect, it } from 'vitest';
import { NotFoundError } from '#core/errors.ts';
import { ApiError } from '#lib/client/errors.ts';
import { describeError } from '#lib/commands/describe-error.ts';

it('an error is its name and message', () => {
  expect(describeError(new NotFoundError('no model named "x"'), null)).toBe(
    'NotFoundError: no model named "x"',
  );
});

it('a refused request names each wrong field', () => {
  const errors = [
    { field: 'rows[0].distance', expected: 'a number', got: '"x"' },
    { field: 'rows[0].zzz', expected: 'a column that the model knows', got: '1' },
  ];
  const problem = { type: 'urn:leeboard:problem:InvalidInputError', detail: 'long', errors };
  expect(describeError(new ApiError(422, problem), null)).toBe(
    [
      'InvalidInputError: the request has 2 wrong fields',
      '  rows[0].distance: expected a number, got "x"',
      '  rows[0].zzz: expected a column that the model knows, got 1',
    ].join('\n'),
  );
});

it('an answer that is no problem document keeps its status', () => {
  expect(describeError(new ApiError(502, {}), null)).toBe('ApiError: the API answered 502');
});

it('a service that does not answer says how to start it, however deep the reason lies', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const wrapped = new TypeError('fetch failed', { cause: new AggregateError([], '', { cause: refused }) });
  expect(describeError(wrapped, 'http://127.0.0.1:4566')).toBe(
    'NotReachableError: nothing answers at http://127.0.0.1:4566 (ECONNREFUSED): is "npm start" running?',
  );
  expect(describeError(refused, null)).toBe('NotReachableError: nothing answers at AWS (ECONNREFUSED)');
});

it('what a server sends cannot move the cursor', () => {
  expect(describeError(new ApiError(404, { detail: 'a\u001b[2Jb' }), null)).toBe('ApiError: ab');
});

it('an error that says little brings its reason', () => {
  const error = new TypeError('fetch failed', { cause: new Error('bad port') });
  expect(describeError(error, null)).toBe('TypeError: fetch failed: bad port');
});
