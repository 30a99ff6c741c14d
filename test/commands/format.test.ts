import { expect, it } from 'vitest';
import { age, count, decimals, instant, seconds } from '#lib/commands/format.ts';

const START = '2026-01-01T00:00:00.000Z';
const after = (seconds: number) => new Date(Date.parse(START) + seconds * 1000).toISOString();

it.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [59.9, '59 seconds'],
  [60, '1 minute'],
  [3599, '59 minutes'],
  [7200, '2 hours'],
  [86_399, '23 hours'],
  [86_400, '1 day'],
  [864_000, '10 days'],
])('an age of %d s is told as %s', (elapsed, told) => {
  expect(age(START, after(elapsed))).toBe(told);
});

it('what a clock of another machine puts into the future is 0 seconds old', () => {
  expect(age(after(5), START)).toBe('0 seconds');
});

it('a duration has one decimal, an instant is in UTC to the second, a count has thousands', () => {
  expect(seconds(START, after(12.34))).toBe('12.3 s');
  expect(instant('2026-05-01T02:00:00.123+02:00')).toBe('2026-05-01 00:00:00');
  expect(count(1_234_567)).toBe('1,234,567');
});

it('a metric has four decimals; none is -', () => {
  expect(decimals(0.63824)).toBe('0.6382');
  expect(decimals(undefined)).toBe('-');
});
