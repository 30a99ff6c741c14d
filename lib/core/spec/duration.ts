import { z } from 'zod';

const UNITS = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const;
const PATTERN = /^([1-9]\d{0,5}) (second|minute|hour|day)s?$/;

/** A length of time as a person writes it: `'5 minutes'`, `'1 hour'`, `'30 days'`. */
export const Duration = z.string().regex(PATTERN, "a duration such as '5 minutes', '1 hour' or '30 days'");

/** @returns the duration in seconds */
export function durationSeconds(duration: string): number {
  const [, count, unit] = PATTERN.exec(duration) ?? [];
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}
