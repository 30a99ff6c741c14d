import { describe, expect, it } from 'vitest';
import { monitoringReference } from '#core/monitor/reference.ts';

const index = Array.from({ length: 1000 }, (_, row) => row);

describe('what windows are compared with', () => {
  it('is deciles of the answers, and the levels of the labels', () => {
    const labels = index.map((row) => Number(row % 4 === 0));
    const scores = index.map((row) => row / 1000);
    const reference = monitoringReference({ task: 'binary' }, labels, scores, { km: 2 });
    expect(reference).toMatchObject({ rows: 1000, attribution: { km: 2 } });
    expect(reference.scores).toMatchObject({
      column: 'prediction',
      kind: 'number',
      cuts: [0.099, 0.199, 0.299, 0.399, 0.499, 0.599, 0.699, 0.799, 0.899],
      counts: [100, 100, 100, 100, 100, 100, 100, 100, 100, 100],
    });
    expect(reference.label).toMatchObject({
      column: 'label',
      kind: 'category',
      levels: ['false', 'true'],
      counts: [750, 250],
      other: 0,
    });
    expect(JSON.parse(JSON.stringify(reference))).toEqual(reference);
  });

  it('is deciles of a number’s labels', () => {
    const { label } = monitoringReference({ task: 'regression' }, index, index, {});
    expect(label).toMatchObject({
      kind: 'number',
      counts: [100, 100, 100, 100, 100, 100, 100, 100, 100, 100],
    });
  });

  it('is the class that is answered, and the classes that are', () => {
    const scores = [0.2, 0.5, 0.3, 0.6, 0.2, 0.2, 0.1, 0.8, 0.1];
    const classes = ['a', 'b', 'c'];
    const reference = monitoringReference({ task: 'multiclass', classes }, [2, 0, 2], scores, {});
    expect(reference.scores).toMatchObject({ levels: ['b', 'a'], counts: [2, 1], rows: 3 });
    expect(reference.label).toMatchObject({ levels: ['c', 'a'], counts: [2, 1], rows: 3 });
  });

  it('is the most frequent fifty classes, equals by their names', () => {
    const classes = Array.from({ length: 60 }, (_, place) => `class ${99 - place}`);
    const labels = index.map((row) => (row < 500 ? 7 : row % 60));
    const { label } = monitoringReference({ task: 'multiclass', classes }, labels, [], {});
    const sorted = classes.filter((name) => name !== 'class 92').sort();
    expect(label).toMatchObject({ kind: 'category', rows: 1000 });
    const frequent = label.kind === 'category' ? label.levels : [];
    expect(frequent).toHaveLength(50);
    expect(frequent[0]).toBe('class 92');
    const rows = (name: string) => labels.filter((place) => classes[place] === name).length;
    expect([...frequent].sort((a, b) => rows(b) - rows(a) || (a < b ? -1 : 1))).toEqual(frequent);
    expect(label.kind === 'category' && label.other).toBe(
      sorted.filter((name) => !frequent.includes(name)).reduce((sum, name) => sum + rows(name), 0),
    );
  });
});
