import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Notification } from '#core/notify/notification.ts';
import { MemoryDeliveries } from '#test/support/memory-deliveries.ts';
import { type Receiver, startReceiver } from '#test/support/receiver.ts';

let deliveries: MemoryDeliveries;
vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  deliveries: () => deliveries,
}));

const news: Notification = {
  format: 1,
  id: 'alarm/a/ALARM/2026-11-21T23:00:00.000Z',
  at: '2026-11-21T23:00:00.000Z',
  subject: 'ALARM: a',
  text: 'It drifts.',
  numbers: [],
};
const event = (message: unknown = news) => ({ Records: [{ Sns: { Message: JSON.stringify(message) } }] });

/** Paths that answer 500. */
const broken = new Set<string>();
let target: Receiver;
let ssm: Receiver;
let secrets: Record<string, string>;
/** As Lambda loads it: nothing is kept of an earlier one. */
let handler: (event: unknown) => Promise<void>;

beforeEach(async () => {
  deliveries = new MemoryDeliveries();
  broken.clear();
  target = await startReceiver(({ path }, response) =>
    response.writeHead(broken.has(path) ? 500 : 204).end(),
  );
  ssm = await startReceiver(({ body }, response) => {
    const Value = secrets[body.Name];
    const found = { Parameter: { Type: 'SecureString', Value } };
    const missing = { __type: 'ParameterNotFound' };
    response.writeHead(Value ? 200 : 400).end(JSON.stringify(Value ? found : missing));
  });
  secrets = { '/slack': `${target.url}/slack`, '/pager': `${target.url}/pager` };
  vi.stubEnv('AWS_ENDPOINT_URL', ssm.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('ENVIRONMENT', 'local');
  const webhooks = [
    { kind: 'slack', parameter: '/slack' },
    { kind: 'generic', parameter: '/pager' },
  ];
  vi.stubEnv('WEBHOOKS', JSON.stringify(webhooks));
  vi.resetModules();
  ({ handler } = await import('../../lambdas/notify-webhook.ts'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all([target.close(), ssm.close()]);
});

const paths = () => target.received.map(({ path }) => path).sort();

it('every webhook gets the news in its own form', async () => {
  await handler(event());
  expect(paths()).toEqual(['/pager', '/slack']);
  const bodies = Object.fromEntries(target.received.map(({ path, body }) => [path, body]));
  expect(bodies['/pager']).toEqual(news);
  expect(bodies['/slack'].blocks[0].text.text).toBe('ALARM: a');
});

it('the same news is posted once, however often it comes; other news is posted', async () => {
  await handler(event());
  await handler(event());
  expect(paths()).toEqual(['/pager', '/slack']);
  await handler(event({ ...news, id: 'alarm/a/OK/2026-11-21T23:05:00.000Z' }));
  expect(target.received).toHaveLength(4);
});

it('a webhook that is broken keeps the news from no other, and gets it when Lambda tries again', async () => {
  broken.add('/slack');
  await expect(handler(event())).rejects.toThrow('webhook /slack must answer 2xx, got 500');
  expect(paths()).toEqual(['/pager', '/slack']);
  broken.clear();
  await handler(event());
  expect(paths()).toEqual(['/pager', '/slack', '/slack']);
});

it('a URL is asked for once, and again when it did not work: it may have been replaced', async () => {
  await handler(event());
  await handler(event({ ...news, id: 'b' }));
  expect(ssm.received).toHaveLength(2);
  broken.add('/slack');
  await expect(handler(event({ ...news, id: 'c' }))).rejects.toThrow('/slack');
  secrets['/slack'] = `${target.url}/replaced`;
  await handler(event({ ...news, id: 'c' }));
  expect(paths().filter((path) => path === '/replaced')).toHaveLength(1);
});

it('plain http is refused outside the local environment', async () => {
  vi.stubEnv('ENVIRONMENT', 'prod');
  await expect(handler(event())).rejects.toThrow('/slack: expected an https URL');
  expect(target.received).toEqual([]);
});

it('says which parameter is missing', async () => {
  secrets = { '/pager': `${target.url}/pager` };
  await expect(handler(event())).rejects.toThrow('/slack: expected a SecureString in SSM');
  expect(paths()).toEqual(['/pager']);
});

it('refuses what is no notification, naming the field', async () => {
  await expect(handler(event({ ...news, subject: undefined }))).rejects.toMatchObject({
    name: 'InvalidInputError',
    message: expect.stringMatching(/^subject: expected /),
  });
});
