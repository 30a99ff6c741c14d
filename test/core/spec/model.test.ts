import { describe, expect, it } from 'vitest';
import { number, text, timestamp } from '#core/spec/column.ts';
import { defineDataset } from '#core/spec/dataset.ts';
import { categorical, columnOwner, defineModel, inputColumns, modelColumns } from '#core/spec/model.ts';
import { problemsOf } from '#test/support/problems.ts';
import { rain, trips, tripsInput, tripsLate } from '#test/support/trips.ts';

const refusals = (changes: object) => problemsOf('SpecError', () => tripsLate(changes));
const joined = (changes: object) =>
  refusals({ join: [{ dataset: rain, on: { city: 'city', at: 'measured_at' }, kind: 'asof', ...changes }] });

describe('defineModel', () => {
  const cases: [
    rule: string,
    changes: object,
    field: string,
    expected: string | RegExp,
    got: string | RegExp,
  ][] = [
    ['an unknown field', { metric: 'auc' }, 'metric', 'no such field', '"auc"'],
    ['a task it does not know', { task: 'ranking' }, 'task', '"binary"', '"ranking"'],
    ['a bad name', { name: 'late?' }, 'name', /^lower-case/, '"late?"'],
    ['no features', { features: {} }, 'features', 'at least one feature', '{}'],
    ['a feature that is a number', { features: { a: 5 } }, 'features.a', 'a text or an object', '5'],
    [
      'a feature of unknown kind',
      { features: { a: { kind: 'text', expression: 'km' } } },
      'features.a.kind',
      'one of "number", "categorical"',
      '"text"',
    ],
    [
      'one level',
      { features: { a: categorical('city', { maxLevels: 1 }) } },
      'features.a.maxLevels',
      'at least 2',
      '1',
    ],
    [
      'a feature with a bad name',
      { features: { 'a-b': 'km' } },
      'features["a-b"]',
      /^letters, digits/,
      '"a-b"',
    ],
    [
      'a feature named as our own columns',
      { features: { __a: 'km' } },
      'features.__a',
      /does not start with __/,
      '"__a"',
    ],
    [
      'features that differ by case alone',
      { features: { km: 'km', KM: 'km' } },
      'features.KM',
      'a name that differs from km by more than case',
      '"KM"',
    ],
    [
      'a text feature that is not categorical',
      { features: { city: 'city' } },
      'features.city',
      /number or boolean, not text: wrap it as categorical/,
      '"city"',
    ],
    [
      'a categorical number',
      { features: { km: categorical('km') } },
      'features.km',
      'an expression of type text, not number',
      '"km"',
    ],
    ['an instant as feature', { features: { at: 'at' } }, 'features.at', /not timestamp$/, '"at"'],
    [
      'a feature known only afterwards',
      { features: { km: 'km', d: 'delay + 1' } },
      'features.d',
      'no column that is known only afterwards (delay)',
      '"delay + 1"',
    ],
    [
      'a feature over a column that is not there',
      { features: { s: 'km / speed' } },
      'features.s',
      /speed.* at character 6: expected/,
      '"km / speed"',
    ],
    [
      'a label that is a number',
      { label: 'delay' },
      'label',
      'an expression of type boolean, not number',
      '"delay"',
    ],
    ['a label over a joined column', { label: 'mm > 1' }, 'label', /mm.* at character 1/, '"mm > 1"'],
    [
      'a label that the features tell',
      { label: 'km > 50', available: {} },
      'label',
      'a condition over at least one column that no feature reads',
      '"km > 50"',
    ],
    ['a label over no column', { label: '1 > 2' }, 'label', /at least one column/, '"1 > 2"'],
    [
      'an unknown column as known afterwards',
      { available: { delay: 'after', toString: 'after' } },
      'available.toString',
      'a column of trips or a joined dataset',
      '"toString"',
    ],
    ['another word than after', { available: { delay: 'before' } }, 'available.delay', '"after"', '"before"'],
    [
      'a split that leaves too little',
      { split: { validation: 0.35, test: 0.35 } },
      'split',
      /at least 0.4 for training/,
      /0\.35/,
    ],
    ['a test share above 0.4', { split: { test: 0.5 } }, 'split.test', 'at most 0.4', '0.5'],
    ['too few rows', { minRows: 99 }, 'minRows', 'at least 100', '99'],
    [
      'a learning rate of 0',
      { algorithm: { kind: 'xgboost', learningRate: 0 } },
      'algorithm.learningRate',
      'more than 0',
      '0',
    ],
    [
      'half a round',
      { algorithm: { kind: 'xgboost', rounds: 1.5 } },
      'algorithm.rounds',
      'a whole number',
      '1.5',
    ],
    [
      'a duration in weeks',
      { monitor: { every: '1 week' } },
      'monitor.every',
      /^a duration such as/,
      '"1 week"',
    ],
    [
      'a window that no schedule is as short as',
      { monitor: { every: '59 seconds' } },
      'monitor.every',
      'a minute or longer',
      '"59 seconds"',
    ],
    [
      'a gate without bounds',
      { gates: { metrics: { auc: {} } } },
      'gates.metrics.auc',
      /^a min, a max or both/,
      /use/,
    ],
  ];
  it.each(cases)(
    'refuses %s, naming field, value and what was expected',
    (_, changes, field, expected, got) => {
      const problems = refusals(changes);
      expect(problems).toHaveLength(1);
      expect(problems[0]?.field).toBe(field);
      expect(problems[0]?.expected).toMatch(expected);
      expect(problems[0]?.got).toMatch(got);
    },
  );

  const joins: [rule: string, changes: object, field: string, expected: string | RegExp][] = [
    [
      'columns of different types',
      { on: { km: 'city', at: 'measured_at' } },
      'join[0].on.km',
      'two columns of one type, not number and text',
    ],
    [
      'a column that is not in from',
      { on: { town: 'city', at: 'measured_at' } },
      'join[0].on.town',
      'a column of trips',
    ],
    [
      'a column that every object has',
      { on: { valueOf: 'city', at: 'measured_at' } },
      'join[0].on.valueOf',
      'a column of trips',
    ],
    [
      'a column that is not in the joined dataset',
      { on: { city: 'town', at: 'measured_at' } },
      'join[0].on.city',
      'a column of rain',
    ],
    [
      'asof without the pair of times',
      { on: { city: 'city' } },
      'join[0].on',
      'the pair of time columns at: measured_at',
    ],
    ['no pair at all', { kind: 'exact', on: {} }, 'join[0].on', 'at least one pair of columns'],
    ['a limit that is no duration', { within: 'soon' }, 'join[0].within', /^a duration such as/],
    ['an unknown kind', { kind: 'left' }, 'join[0].kind', 'one of "asof", "exact"'],
  ];
  it.each(joins)('refuses a join with %s', (_, changes, field, expected) => {
    const problems = joined(changes);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.field).toBe(field);
    expect(problems[0]?.expected).toMatch(expected);
  });

  it('refuses a joined column that differs from another by case alone', () => {
    const dataset = defineDataset({ ...rain, columns: { ...rain.columns, KM: number() } });
    expect(joined({ dataset })).toEqual([
      { field: 'columns.KM', expected: 'a name that differs from km by more than case', got: '"KM"' },
    ]);
  });

  it('refuses a dataset without a time column: nothing would say which rows are newest', () => {
    const from = defineDataset({ ...tripsInput, time: undefined });
    expect(refusals({ from, join: [], features: { km: 'km' } }).map(({ field }) => field)).toEqual([
      'from.time',
    ]);
  });

  it('names several problems at once', () => {
    const changes = {
      label: 'delay',
      features: { km: 'km +', city: 'city' },
      split: { validation: 0.4, test: 0.4 },
    };
    expect(refusals(changes).map(({ field }) => field)).toEqual([
      'label',
      'features.km',
      'features.city',
      'split',
    ]);
  });

  it('is its own JSON: defined again from it, nothing changes', () => {
    for (const model of [tripsLate(), tripsLate({ join: [], features: { far: 'km > 50' } })]) {
      expect(defineModel(JSON.parse(JSON.stringify(model)))).toEqual(model);
    }
  });
});

describe('the columns of a model', () => {
  const model = tripsLate();

  it('are those of from and the joined ones of other names, which from wins', () => {
    const dataset = defineDataset({ ...rain, columns: { ...rain.columns, km: text() } });
    const same = tripsLate({ join: [{ dataset, on: { city: 'city', at: 'measured_at' }, kind: 'asof' }] });
    expect(modelColumns(same)).toMatchObject({ km: 'number', mm: 'number', measured_at: 'timestamp' });
    expect(columnOwner(same, 'km').name).toBe('trips');
    expect(columnOwner(same, 'mm').name).toBe('rain');
  });

  it('are owned by the first join that has them, with its type', () => {
    const second = defineDataset({
      name: 'second',
      time: 't',
      columns: { t: timestamp(), city: text(), mm: text() },
    });
    const both = tripsLate({
      join: [
        { dataset: rain, on: { city: 'city', at: 'measured_at' }, kind: 'asof' },
        { dataset: second, on: { city: 'city' }, kind: 'exact' },
      ],
    });
    expect(modelColumns(both).mm).toBe('number');
    expect(columnOwner(both, 'mm').name).toBe('rain');
  });

  it('that a prediction needs are those that some feature reads, sorted', () => {
    expect(inputColumns(model)).toEqual(['city', 'express', 'kind', 'km', 'mm']);
    expect(Object.keys(trips.columns)).toContain('delay');
  });
});
