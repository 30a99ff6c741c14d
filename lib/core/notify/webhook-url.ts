import { SpecError } from '../errors.ts';
import type { Webhook } from '../spec/webhook.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1']);

/**
 * The URL that a parameter holds: https, or http to this machine where `local`.
 * @throws SpecError naming the parameter, never its value
 */
export function webhookUrl(text: string, { parameter }: Webhook, local: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const secure = url?.protocol === 'https:';
  const onThisMachine = local && url?.protocol === 'http:' && LOOPBACK.has(url.hostname);
  if (url && (secure || onThisMachine) && !url.username && !url.password) return url;
  throw new SpecError('webhook', [
    {
      field: parameter,
      expected: 'an https URL without user and password',
      got: 'something else (not shown: it is a secret)',
    },
  ]);
}
