import { afterEach, describe, expect, it } from 'vitest';
import { postJson } from '#adapters/post-json.ts';
import { DeliveryError } from '#core/errors.ts';
import { type Receiver, startReceiver } from '#test/support/receiver.ts';

const open: Receiver[] = [];
afterEach(async () => {
  for (const receiver of open.splice(0)) await receiver.close();
});

async function listen(...answer: Parameters<typeof startReceiver>): Promise<Receiver> {
  const receiver = await startReceiver(...answer);
  open.push(receiver);
  return receiver;
}

const post = ({ url }: Pick<Receiver, 'url'>, timeoutMs = 10_000) =>
  postJson(new URL(`${url}/SECRET`), 'webhook /pager', { a: 1 }, timeoutMs);

describe('posting JSON', () => {
  it('arrives as JSON; the answer may say anything', async () => {
    const receiver = await listen((_got, response) => response.writeHead(200).end('invalid_payload'));
    await post(receiver);
    expect(receiver.received).toMatchObject([
      { path: '/SECRET', headers: { 'content-type': 'application/json' }, body: { a: 1 } },
    ]);
  });

  it('follows no redirect', async () => {
    const elsewhere = await listen();
    const receiver = await listen((_got, response) =>
      response.writeHead(307, { location: elsewhere.url }).end(),
    );
    await expect(post(receiver)).rejects.toThrow('webhook /pager must answer 2xx, got 307');
    expect(elsewhere.received).toEqual([]);
  });

  it.each([400, 404, 500])('%s is a failure', async (status) => {
    const receiver = await listen((_got, response) => response.writeHead(status).end());
    await expect(post(receiver)).rejects.toThrow(DeliveryError);
  });

  it('does not wait for ever, and does not say where it posted to', async () => {
    const silent = await listen(() => {});
    await expect(post(silent, 50)).rejects.toThrow(
      'webhook /pager must answer within 50 ms, got TimeoutError',
    );
    await silent.close();
    const failure = await post(silent).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(DeliveryError);
    expect(String((failure as Error).stack)).toContain('ECONNREFUSED');
    expect(JSON.stringify(failure) + (failure as Error).stack).not.toContain('SECRET');
  });
});
