import { describe, expect, it } from 'vitest';
import { Duration, durationSeconds, typedDuration } from '#core/spec/duration.ts';

describe('a duration', () => {
  it.each([
    ['1 second', 1],
    ['90 seconds', 90],
    ['5 minutes', 300],
    ['1 hour', 3600],
    ['30 days', 2_592_000],
  ])('%s is %d seconds', (text, seconds) => {
    expect(Duration.parse(text)).toBe(text);
    expect(durationSeconds(text)).toBe(seconds);
  });

  it.each(['0 days', '1.5 hours', '-1 hour', '1 week', '1hour', ' 1 hour', '1 hour ago', '1234567 days', ''])(
    'is not %j',
    (text) => {
      expect(Duration.safeParse(text).success).toBe(false);
    },
  );
});

describe('typedDuration', () => {
  it.each([
    ['24h', '24 hours', 86_400],
    ['1d', '1 days', 86_400],
    ['30m', '30 minutes', 1800],
    ['5s', '5 seconds', 5],
    ['2 hours', '2 hours', 7200],
  ])('takes %s as %s', (text, words, seconds) => {
    expect(typedDuration(text)).toBe(words);
    expect(durationSeconds(words)).toBe(seconds);
  });

  it.each(['', '0h', '24', 'h', '24 h', '-1h', '1w', '1.5h', '24hours'])('knows no %s', (text) => {
    expect(typedDuration(text)).toBeUndefined();
  });
});
