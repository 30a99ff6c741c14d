import { z } from 'zod';

const UNITS = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const;
const PATTERN = /^([1-9]\d{0,5}) (second|minute|hour|day)s?$/;

/** A length of time as a person writes it: `'5 minutes'`, `'1 hour'`, `'30 days'`. */
export const Duration = z.string().regex(PATTERN, "a duration such as '5 minutes', '1 hour' or '30 days'");

const SHORT_UNITS = { s: 'second', m: 'minute', h: 'hour', d: 'day' } as const;

/** A duration as a person types it, `24h`, `30m`, `7d` or `24 hours`, in the words that specs have; undefined: it is none. */
export function typedDuration(text: string): string | undefined {
  const [, count, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  const words = unit ? `${count} ${SHORT_UNITS[unit as keyof typeof SHORT_UNITS]}s` : text;
  return PATTERN.test(words) ? words : undefined;
}

/** @returns the duration in seconds */
export function durationSeconds(duration: string): number {
  const [, count, unit] = PATTERN.exec(duration) ?? [];
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}
