import { z } from 'zod';
import { SpecError } from '../errors.ts';

/** Where notifications are posted to. */
export const Webhook = z.strictObject({
  kind: z.enum(['slack', 'teams', 'generic']),
  /** Name of the SSM parameter, a SecureString, that holds the URL: the URL itself is a secret. */
  parameter: z.string().regex(/^(\/[A-Za-z0-9_.-]+)+$/),
});
export type Webhook = z.output<typeof Webhook>;

const Webhooks = z
  .array(Webhook)
  .refine((all) => new Set(all.map(({ parameter }) => parameter)).size === all.length);

/**
 * Reads `slack:/leeboard/prod/slack,generic:/leeboard/prod/pager`; nothing gives none.
 * @throws SpecError without the value, as somebody may have written the URL itself
 */
export function parseWebhooks(text: string): Webhook[] {
  const parsed = Webhooks.safeParse(
    text
      .split(',')
      .filter(Boolean)
      .map((entry) => {
        const colon = entry.indexOf(':');
        return { kind: entry.slice(0, colon), parameter: entry.slice(colon + 1) };
      }),
  );
  if (parsed.success) return parsed.data;
  const expected =
    'slack, teams or generic, a colon and the name of the SSM parameter that holds the URL, each once, as in slack:/leeboard/prod/slack';
  throw new SpecError('environment', [
    { field: 'webhooks', expected, got: 'something else (not shown: it may be a secret)' },
  ]);
}
