import { describe, expect, it } from 'vitest';
import { seededRandom } from '#core/random/seeded-random.ts';
import { parzen } from '#core/search/parzen.ts';
import { scaleOf } from '#core/search/scale.ts';
import { oracle } from '#test/fixtures/search/optuna.ts';

describe('Parzen estimator', () => {
  it.each(oracle.densities.map((item) => ({ ...item, trials: item.observed.length })))(
    "of $trials trials over $space equals Optuna's density",
    ({ space, observed, points, logDensity }) => {
      const scale = scaleOf(space);
      const positions = observed.map((value) => scale.toPosition(value) as number);
      const estimator = parzen(scale, positions);
      points.forEach((point, index) => {
        const got = estimator.logDensity(scale.toPosition(point) as number);
        expect(Math.abs(got - (logDensity[index] as number))).toBeLessThan(1e-9);
      });
    },
  );

  it('draws numbers as often as its density says', () => {
    const scale = scaleOf({ kind: 'int', low: 1, high: 8 });
    const estimator = parzen(scale, [2, 2, 3, 8]);
    const random = seededRandom(1);
    const draws = 20_000;
    const counts = new Map<unknown, number>();
    for (let drawn = 0; drawn < draws; drawn++) {
      const value = scale.toValue(estimator.sample(random));
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    let chiSquare = 0;
    for (let value = 1; value <= 8; value++) {
      const expected = draws * Math.exp(estimator.logDensity(value));
      chiSquare += ((counts.get(value) ?? 0) - expected) ** 2 / expected;
    }
    // 24.3: the value that 7 degrees of freedom exceed once in a thousand.
    expect(chiSquare).toBeLessThan(24.3);
  });

  it.each([0, 1 - 2 ** -53])('draws a value of the scale when the dice say %d', (dice) => {
    const random = { ...seededRandom(1), uniform: () => dice };
    const number = scaleOf({ kind: 'float', low: 0, high: 1 });
    const choice = scaleOf({ kind: 'choice', options: ['a', 'b', 'c'] });
    for (let trials = 0; trials < 200; trials++) {
      const near = Array.from({ length: trials }, (_, index) => 0.5 + index / 1e6);
      const value = number.toValue(parzen(number, near).sample(random));
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
      const indexes = near.map((_, index) => index % 3);
      expect(['a', 'b', 'c']).toContain(choice.toValue(parzen(choice, indexes).sample(random)));
    }
  });

  it('knows no place for what is no option', () => {
    const scale = scaleOf({ kind: 'choice', options: ['a', 'b'] });
    expect(['a', 'b', 'c'].map((option) => scale.toPosition(option))).toEqual([0, 1, undefined]);
  });

  it('draws options as often as its density says', () => {
    const scale = scaleOf({ kind: 'choice', options: ['a', 'b', 'c'] });
    const estimator = parzen(scale, [0, 0, 2]);
    const random = seededRandom(1);
    const counts = [0, 0, 0];
    for (let drawn = 0; drawn < 20_000; drawn++) {
      const option = estimator.sample(random);
      counts[option] = (counts[option] as number) + 1;
    }
    const chiSquare = counts.reduce((sum, count, option) => {
      const expected = 20_000 * Math.exp(estimator.logDensity(option));
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    expect(chiSquare).toBeLessThan(13.8);
  });
});
