import { expect, it } from 'vitest';
import { secondsWithoutPrediction } from '#core/monitor/silence.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

it('a model that was never asked is not silent', () => {
  expect(secondsWithoutPrediction([], now)).toBeNull();
  expect(secondsWithoutPrediction([null, null], now)).toBeNull();
});

it('the newest prediction counts, whoever saw it', () => {
  const newest = ['2026-11-22T09:00:00Z', null, '2026-11-22T11:59:30Z'];
  expect(secondsWithoutPrediction(newest, now)).toBe(30);
});

it('a prediction from a clock that is ahead is no negative silence', () => {
  expect(secondsWithoutPrediction(['2026-11-22T12:00:05Z'], now)).toBe(0);
});
