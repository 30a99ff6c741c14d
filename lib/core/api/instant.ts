import { z } from 'zod';
import { parseInstant } from '../serve/instant.ts';

/** ISO 8601; becomes UTC with milliseconds. */
export const Instant = z.string().transform((text, context) => {
  const instant = parseInstant(text);
  if (instant !== undefined) return new Date(instant).toISOString();
  context.addIssue({ code: 'custom', message: 'an ISO 8601 instant, such as 2013-01-31T00:00:00Z' });
  return z.NEVER;
});
