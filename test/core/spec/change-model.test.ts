import { describe, expect, it } from 'vitest';
import { changeModel } from '#core/spec/change-model.ts';
import { xgboost } from '#core/spec/model.ts';
import { problemsOf } from '#test/support/problems.ts';
import { tripsLate } from '#test/support/trips.ts';

const model = tripsLate({ algorithm: xgboost({ rounds: 5, monotone: { km: 1 } }) });
const refusals = (set: Record<string, unknown>) => problemsOf('SpecError', () => changeModel(model, set));

describe('changeModel', () => {
  it('changes the settings that are named and no other', () => {
    const changed = changeModel(model, { 'algorithm.rounds': 7, 'algorithm.monotone.mm': -1 });
    expect(changed).toEqual({
      ...model,
      algorithm: { ...model.algorithm, rounds: 7, monotone: { km: 1, mm: -1 } },
    });
  });

  it('leaves the model that it was given as it was', () => {
    const before = structuredClone(model);
    changeModel(model, { 'algorithm.monotone.mm': -1, 'search.trials': 3 });
    expect(model).toEqual(before);
  });

  it('replaces an algorithm as a whole, its defaults filled in', () => {
    const changed = changeModel(model, { algorithm: { kind: 'linear', l2: 3 } });
    expect(changed.algorithm).toEqual({ kind: 'linear', l2: 3, seed: 1 });
    expect(changeModel(model, { algorithm: 'auto' }).search?.trials).toBe(20);
  });

  it('says since when rows are learned from, in UTC', () => {
    const changed = changeModel(model, { since: '2013-03-01T01:00:00+01:00' });
    expect(changed).toEqual({ ...model, since: '2013-03-01T00:00:00.000Z' });
    expect(changeModel(changed, {})).toEqual(changed);
  });

  it('adds a search, its defaults filled in', () => {
    const changed = changeModel(model, {
      'search.trials': 3,
      'search.space.maxDepth': { low: 2, high: 4, integer: true },
    });
    expect(changed.search).toEqual({
      trials: 3,
      sampler: 'tpe',
      parallel: 4,
      prune: true,
      seed: 1,
      space: { maxDepth: { low: 2, high: 4, log: false, integer: true } },
    });
  });

  it('gives the same model when nothing is changed', () => {
    expect(changeModel(model, {})).toEqual(model);
  });

  it.each([
    'gates.baseline',
    'gates',
    'gates.champion.margin',
    'label',
    'features.km',
    'split.test',
    'threshold',
    'calibration',
    'minRows',
    'name',
    'algorithms',
    'researched.trials',
    'algorithm.',
    'algorithm..rounds',
    ' algorithm.rounds',
    'algorithm.rounds\n',
    'algorithm.candidates.0.l2',
    '__proto__',
    '__proto__.polluted',
    'algorithm.__proto__',
    'algorithm.__proto__.polluted',
    'constructor.prototype.polluted',
    '',
  ])('refuses to change %j: a run is judged as its model is', (path) => {
    expect(refusals({ [path]: 1 })).toEqual([
      {
        field: 'set',
        expected: 'since, algorithm or search, or a setting below the last two such as algorithm.maxDepth',
        got: JSON.stringify(path),
      },
    ]);
  });

  it.each([
    ['algorithm.constructor', 1, 'algorithm.constructor', 'no such field'],
    ['algorithm.constructor.prototype.polluted', 1, 'algorithm.constructor', 'no such field'],
    ['algorithm.depth', 1, 'algorithm.depth', 'no such field'],
    ['algorithm.rounds.most', 1, 'algorithm.rounds', 'a number'],
    ['algorithm.interactions.first', ['km'], 'algorithm.interactions', 'a list'],
    ['algorithm.rounds', '5', 'algorithm.rounds', 'a number'],
    ['algorithm.loss', 'absolute', 'algorithm.loss', 'no loss: a binary model has log loss'],
    ['algorithm.monotone.city', 1, 'algorithm.monotone.city', 'a feature that is a number'],
    ['since', 'last week', 'since', 'an ISO 8601 instant, such as 2013-01-31T00:00:00Z'],
    ['since', 2013, 'since', 'a text'],
    ['since', null, 'since', 'a text'],
    ['search.valueOf', 1, 'search.valueOf', 'no such field'],
    ['search.metric', 'mse', 'search.metric', 'one of logLoss, brier, auc'],
  ])('refuses %s = %j as a spec with it is refused', (path, value, field, expected) => {
    expect(refusals({ [path]: value })).toEqual([expect.objectContaining({ field, expected })]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
