import { describe, expect, it } from 'vitest';
import { SpecError } from '#core/errors.ts';
import { webhookUrl } from '#core/notify/webhook-url.ts';

const webhook = { kind: 'generic', parameter: '/leeboard/pager' } as const;

describe('URL of a webhook', () => {
  it('is https', () => {
    const url = 'https://hooks.example.org/services/a?b=c';
    expect(webhookUrl(url, webhook, false).href).toBe(url);
    expect(webhookUrl(`${url}\n`, webhook, false).href).toBe(url);
  });

  it.each(['http://127.0.0.1:8080/SECRET', 'http://localhost/SECRET'])(
    '%s is taken in the local environment alone',
    (url) => {
      expect(webhookUrl(url, webhook, true).href).toBe(url);
      expect(() => webhookUrl(url, webhook, false)).toThrow(SpecError);
    },
  );

  it.each([
    'http://hooks.example.org/SECRET',
    'http://localhost.example.org/SECRET',
    'http://127.0.0.1@example.org/SECRET',
    'https://user:SECRET@example.org/',
    'https://SECRET@example.org/',
    'file:///SECRET',
    'ftp://localhost/SECRET',
    'SECRET',
    '',
  ])('%s is refused everywhere, and not shown', (url) => {
    for (const local of [true, false]) {
      expect(() => webhookUrl(url, webhook, local)).toThrow(SpecError);
      expect(() => webhookUrl(url, webhook, local)).toThrow('/leeboard/pager: expected an https URL');
      expect(() => webhookUrl(url, webhook, local)).not.toThrow(/SECRET/);
    }
  });
});
