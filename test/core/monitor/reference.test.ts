import { describe, expect, it } from 'vitest';
import { monitoringReference } from '#core/monitor/reference.ts';

const index = Array.from({ length: 1000 }, (_, row) => row);

describe('what windows are compared with', () => {
  it('is deciles of the answers, and the levels of the labels', () => {
    const reference = monitoringReference(
      index.map((row) => row / 1000),
      index.map((row) => row % 4 === 0),
      { km: 2 },
    );
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
    const { label } = monitoringReference(index, index, {});
    expect(label).toMatchObject({
      kind: 'number',
      counts: [100, 100, 100, 100, 100, 100, 100, 100, 100, 100],
    });
  });

  it('is the most frequent fifty classes, whatever order the rows are in', () => {
    const classes = index.map((row) => `class ${Math.floor(Math.sqrt(row * 4))}`);
    const { scores } = monitoringReference(classes, classes, {});
    expect(scores).toMatchObject({ kind: 'category', rows: 1000 });
    expect(scores.kind === 'category' && scores.levels).toHaveLength(50);
    expect(scores.kind === 'category' && scores.other).toBeGreaterThan(0);
    expect(monitoringReference([...classes].reverse(), classes, {}).scores).toEqual(scores);
  });
});
