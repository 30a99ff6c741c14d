import { describe, expect, it } from 'vitest';
import { SpecError } from '#core/errors.ts';
import { parseWebhooks } from '#core/spec/webhook.ts';

describe('webhooks of an environment', () => {
  it.each([
    ['the URL itself', 'slack:https://hooks.slack.com/services/T0/B0/SECRET'],
    ['the URL without a kind', 'https://hooks.slack.com/services/T0/B0/SECRET'],
    ['a kind that is none', 'discord:/leeboard/SECRET'],
    ['a name that is not absolute', 'slack:SECRET'],
    ['a name with a wildcard, which would open every parameter', 'slack:/leeboard/*'],
    ['the same parameter twice', 'slack:/SECRET,teams:/SECRET'],
  ])('%s is refused, and not shown', (_what, text) => {
    expect(() => parseWebhooks(text)).toThrow(SpecError);
    expect(() => parseWebhooks(text)).toThrow(/webhooks: expected slack, teams or generic/);
    expect(() => parseWebhooks(text)).not.toThrow(/SECRET|\*/);
  });
});
