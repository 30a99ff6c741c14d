import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secondsToNextLook } from '#core/rollout/next-look.ts';

describe('the next look at a stage', () => {
  it('is after a hundredth of it, at least 5 s and at most 5 min, and at its end', () => {
    expect(secondsToNextLook(3600, 3600, 1)).toBe(36);
    expect(secondsToNextLook(60, 60, 1)).toBe(5);
    expect(secondsToNextLook(7 * 86_400, 80_000, 1)).toBe(300);
    expect(secondsToNextLook(3600, 7.2, 1)).toBe(8);
  });

  it('comes sooner where the environment is faster, but not under a second', () => {
    expect(secondsToNextLook(36_000, 600, 60)).toBe(5);
    expect(secondsToNextLook(300, 5, 60)).toBe(1);
  });

  it('comes a twenty-fifth of the delay later when the stage is over and held', () => {
    expect(secondsToNextLook(60, -1000, 1)).toBe(40);
    expect(secondsToNextLook(60, 0, 1)).toBe(5);
  });

  it('leaves room in the history of an execution: any 7 days, then held for a year', () => {
    const EVENTS_A_LOOK = 9;
    const looks = (seconds: number, held: number) => {
      let count = 0;
      for (let left = seconds; left > -held; left -= secondsToNextLook(seconds, left, 1)) count++;
      return count;
    };
    const stages = fc.array(fc.integer({ min: 1, max: 7 * 86_400 }), { minLength: 1, maxLength: 11 });
    fc.assert(
      fc.property(stages, (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const lengths = weights.map((weight) => Math.max(1, Math.floor((7 * 86_400 * weight) / total)));
        const all = lengths.map((length, index) => looks(length, index === 0 ? 100 * 86_400 : 0));
        expect(EVENTS_A_LOOK * all.reduce((sum, count) => sum + count, 0)).toBeLessThan(25_000);
      }),
    );
  });
});
