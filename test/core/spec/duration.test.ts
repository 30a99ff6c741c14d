import { describe, expect, it } from 'vitest';
import { Duration, durationSeconds } from '#core/spec/duration.ts';

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
