import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestCandidate, gainOver, lossOfTask } from '#core/retrain/compare-windows.ts';
import type { BacktestCandidate } from '#core/retrain/records.ts';

const none: readonly string[] = [];

// numpy and scipy: d = loss(champion) - loss(candidate); d.mean() - norm.ppf(.95) * sem(d); sklearn's scores.
describe('gainOver', () => {
  it('is in log loss, with AUC, for a binary model (scipy, sklearn)', () => {
    const labels = Float64Array.of(1, 0, 1, 1, 0, 0, 1, 0);
    const champion = [0.6, 0.4, 0.5, 0.7, 0.5, 0.3, 0.4, 0.6];
    const found = gainOver(
      { task: 'binary', labels, classes: none, champion },
      [0.8, 0.3, 0.6, 0.7, 0.2, 0.3, 0.6, 0.5],
    );
    expect(found.championLoss).toBeCloseTo(0.6192346200347059, 14);
    expect(found.loss).toBeCloseTo(0.4038887953170679, 14);
    expect(found.gain).toBeCloseTo(0.2153458247176379, 14);
    expect(found.gainAtLeast).toBeCloseTo(0.11609995718497382, 14);
    expect([found.championScore, found.score]).toEqual([0.71875, 1]);
    expect(lossOfTask('binary')).toBe('logLoss');
  });

  it('is in squared error, with R2, for a regression (scipy, sklearn)', () => {
    const compared = { task: 'regression', labels: Float64Array.of(1, 2, 3, 5), classes: none } as const;
    const found = gainOver({ ...compared, champion: [1.5, 2, 2, 4] }, [1.1, 2.2, 2.9, 4.5]);
    expect(found.championLoss).toBeCloseTo(0.5625, 14);
    expect(found.loss).toBeCloseTo(0.0775, 14);
    expect(found.gain).toBeCloseTo(0.485, 14);
    expect(found.gainAtLeast).toBeCloseTo(0.09898470790096292, 14);
    expect(found.championScore).toBeCloseTo(0.7428571428571429, 14);
    expect(found.score).toBeCloseTo(0.9645714285714285, 14);
    expect(lossOfTask('regression')).toBe('squaredError');
  });

  it('is in log loss, with macro AUC, for classes (scipy, sklearn)', () => {
    const champion = [
      0.5, 0.3, 0.2, 0.3, 0.4, 0.3, 0.2, 0.3, 0.5, 0.5, 0.2, 0.3, 0.6, 0.2, 0.2, 0.3, 0.3, 0.4,
    ];
    const candidate = [
      0.7, 0.2, 0.1, 0.2, 0.6, 0.2, 0.1, 0.2, 0.7, 0.3, 0.5, 0.2, 0.4, 0.3, 0.3, 0.2, 0.1, 0.7,
    ];
    const compared = { task: 'multiclass', labels: Float64Array.of(0, 1, 2, 1, 0, 2) } as const;
    const found = gainOver({ ...compared, classes: ['a', 'b', 'c'], champion }, candidate);
    expect(found.championLoss).toBeCloseTo(0.8898565601780485, 14);
    expect(found.loss).toBeCloseTo(0.5317147280027147, 14);
    expect(found.gainAtLeast).toBeCloseTo(0.06723110454836506, 14);
    expect(found.championScore).toBeCloseTo(0.8333333333333334, 14);
    expect(found.score).toBe(1);
    expect(lossOfTask('multiclass')).toBe('logLoss');
  });

  it('is none of the champion over itself, and never surely above 0', () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(probability, { minLength: 2, maxLength: 20 }), (champion) => {
        const labels = Float64Array.from(champion, (_, row) => row % 2);
        const found = gainOver({ task: 'binary', labels, classes: none, champion }, champion);
        expect(found).toMatchObject({ gain: 0, gainAtLeast: 0 });
      }),
    );
  });

  it('is bounded by no single row', () => {
    const one = { task: 'binary', labels: Float64Array.of(1), classes: none, champion: [0.1] } as const;
    expect(gainOver(one, [0.9])).toMatchObject({ gainAtLeast: 0, score: null, championScore: null });
    expect(gainOver(one, [0.9]).gain).toBeGreaterThan(2);
  });
});

describe('bestCandidate', () => {
  const candidate = (
    window: string,
    rows: number,
    [gain, gainAtLeast]: number[],
    score: number | null = null,
  ) => ({ window, since: null, rows, loss: 1, score, gain, gainAtLeast }) as BacktestCandidate;
  const chosen = (...candidates: BacktestCandidate[]) => bestCandidate(candidates)?.window;
  const all = candidate('all', 90, [0.0661, 0.0611], 0.6662);

  it('has learned from most rows, as long as none with fewer is surely better than it', () => {
    expect(chosen(candidate('short', 30, [0.0681, 0.0661], 0.7), all)).toBe('all');
    expect(chosen(candidate('short', 30, [0.07, 0.0662], 0.7), all)).toBe('short');
    expect(chosen(candidate('short', 30, [-0.1, -0.2]), candidate('all', 90, [-0.3, -0.4]))).toBe('short');
  });

  it('ranks no worse than what has learned from most rows: 90 days, tried on the flights of late April 2013', () => {
    const days = candidate('90 days', 79, [0.0737, 0.0681], 0.6651);
    expect(chosen(all, days)).toBe('all');
    expect(chosen(all, { ...days, score: 0.6662 })).toBe('90 days');
    expect(chosen({ ...all, score: null }, days), 'where scores are not defined').toBe('90 days');
  });

  it('is, of several that are surely better, the surest, and of equals has learned from most', () => {
    const [a, b] = [candidate('a', 10, [0.2, 0.1], 0.7), candidate('b', 20, [0.3, 0.15], 0.7)];
    expect(chosen(all, a, b)).toBe('b');
    expect(chosen(all, { ...a, gainAtLeast: 0.16 }, b)).toBe('a');
    expect(chosen(all, { ...a, gainAtLeast: 0.15 }, b)).toBe('b');
  });

  it('is none of none', () => expect(chosen()).toBeUndefined());
});
