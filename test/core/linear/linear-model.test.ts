import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { InvalidInputError } from '#core/errors.ts';
import { fitLinear, parseLinearModel } from '#core/linear/index.ts';
import { problems } from './problems.ts';

const number = { name: 'x', kind: 'number', mean: 1, scale: 2, weights: [3] };
const category = { name: 'c', kind: 'categorical', levels: [[1], [2]], shares: [0.5, 0.5] };
const model = {
  format: 1,
  kind: 'linear',
  task: 'binary',
  l2: 1,
  intercept: [0],
  features: [number, category],
};
const withFeature = (change: object) => ({ ...model, features: [{ ...number, ...change }, category] });
const withCategory = (change: object) => ({ ...model, features: [number, { ...category, ...change }] });

describe('a model file', () => {
  it('is read as it was written', () => {
    expect(parseLinearModel(model)).toBe(model);
    fc.assert(
      fc.property(problems, (request) => {
        const text = canonicalJson(fitLinear(request));
        expect(canonicalJson(parseLinearModel(JSON.parse(text)))).toBe(text);
      }),
    );
  });

  it.each<[string, unknown, string]>([
    ['no object', null, 'format: expected 1, got undefined'],
    ['another format', { ...model, format: 2 }, 'format: expected 1, got 2'],
    ['another kind', { ...model, kind: 'naive' }, 'kind: expected "linear", got "naive"'],
    [
      'another task',
      { ...model, task: 'rank' },
      'task: expected binary, multiclass or regression, got "rank"',
    ],
    ['a negative penalty', { ...model, l2: -1 }, 'l2: expected a finite number, 0 or more, got -1'],
    ['two intercepts', { ...model, intercept: [0, 1] }, 'intercept: expected 1 finite number, got [0,1]'],
    ['a text as intercept', { ...model, intercept: ['0'] }, 'intercept: expected 1 finite number, got ["0"]'],
    [
      'one class of many',
      { ...model, task: 'multiclass' },
      'intercept: expected 2 or more finite numbers, got [0]',
    ],
    ['no feature', { ...model, features: [] }, 'features: expected 1 or more, got []'],
    ['features that are no list', { ...model, features: {} }, 'features: expected 1 or more, got {}'],
    ['a feature without name', withFeature({ name: 1 }), 'features[0].name: expected a text, got 1'],
    [
      'a feature of no kind',
      withFeature({ kind: 'text' }),
      'features[0].kind: expected number or categorical, got "text"',
    ],
    [
      'a mean that is none',
      withFeature({ mean: null }),
      'features[0].mean: expected a finite number, got null',
    ],
    ['a scale of 0', withFeature({ scale: 0 }), 'features[0].scale: expected a finite number above 0, got 0'],
    [
      'too many weights',
      withFeature({ weights: [1, 2] }),
      'features[0].weights: expected 1 finite number, got [1,2]',
    ],
    [
      'a share above 1',
      withFeature({ missing: { share: 1.5, weights: [0] } }),
      'features[0].missing.share: expected a share in [0, 1], got 1.5',
    ],
    [
      'no weight for missing',
      withFeature({ missing: { share: 0.5, weights: [] } }),
      'features[0].missing.weights: expected 1 finite number, got []',
    ],
    [
      'no levels',
      withCategory({ levels: [], shares: [] }),
      'features[1].levels: expected 1 or more levels, got []',
    ],
    [
      'a level without weight',
      withCategory({ levels: [[1], [null]] }),
      'features[1].levels[1]: expected 1 finite number, got [null]',
    ],
    [
      'shares of other levels',
      withCategory({ shares: [1] }),
      'features[1].shares: expected 2 shares in [0, 1], got [1]',
    ],
    [
      'a negative share',
      withCategory({ shares: [2, -1] }),
      'features[1].shares: expected 2 shares in [0, 1], got [2,-1]',
    ],
  ])('is refused with %s', (_, input, message) => {
    expect(() => parseLinearModel(input)).toThrow(InvalidInputError);
    expect(() => parseLinearModel(input)).toThrow(message);
  });
});
