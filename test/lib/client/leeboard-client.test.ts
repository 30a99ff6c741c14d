import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '#adapters/hash.ts';
import { IntegrityError } from '#core/errors.ts';
import { ApiError } from '#lib/client/errors.ts';
import { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { outputs } from '../../commands/outputs.ts';

const SPEC = '{"name":"late"}';
const seen: { method: string; path: string; body: string; signed: boolean }[] = [];
let server: Server;
let client: LeeboardClient;

/** Stands where the API and S3 are: keeps each request, and answers what a path has. */
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const signed = headers.authorization?.startsWith('AWS4-HMAC-SHA256') === true;
    seen.push({ method, path: url, body: await text(request), signed });
    if (url.startsWith('/store/')) response.end(SPEC);
    else if (url.endsWith('/runs/gone') || (method === 'GET' && url.endsWith('/runs'))) {
      response.writeHead(404).end('{"type":"urn:leeboard:NotFoundError","detail":"no run gone"}');
    } else response.writeHead(202).end('{"runId":"run-1","status":"waiting"}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new LeeboardClient({ ...outputs, endpoint: address, apiUrl: `${address}/api` });
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe('runs are asked for by signed requests', () => {
  it.each([
    [
      'a training',
      () => client.startRun('late', { reason: 'why', set: { 'algorithm.rounds': 5 } }),
      'POST',
      '/runs',
      '{"reason":"why","set":{"algorithm.rounds":5}}',
    ],
    ['a reproduction', () => client.startRun('late', { reproduce: 2 }), 'POST', '/runs', '{"reproduce":2}'],
    ['a cancellation', () => client.cancelRun('late', 'run-1'), 'POST', '/runs/run-1/cancel', '{}'],
    ['a resumption', () => client.resumeRun('late', 'run-1'), 'POST', '/runs/run-1/resume', '{}'],
    ['a record', () => client.run('late', 'run-1'), 'GET', '/runs/run-1', ''],
    ['a version', () => client.version('late', 2), 'GET', '/versions/2', ''],
  ] as const)('%s', async (_, ask, method, path, body) => {
    seen.length = 0;
    await ask();
    expect(seen).toEqual([{ method, path: `/api/v1/models/late${path}`, body, signed: true }]);
  });

  it('a run that does not exist is refused with the API’s sentence', async () => {
    const asked = client.run('late', 'gone');
    await expect(asked).rejects.toThrow(ApiError);
    await expect(asked).rejects.toMatchObject({ status: 404, message: 'no run gone' });
  });
});

it('a deployed model that the API does not know yet has no runs; one that is not deployed is not found', async () => {
  expect(await client.runs('late')).toEqual([]);
  await expect(client.runs('nobody')).rejects.toMatchObject({ status: 404 });
});

describe('a document of the store', () => {
  const pointer = { key: 'late/spec.json', versionId: 'v1', size: SPEC.length, sha256: sha256(SPEC) };

  it('is read as it was recorded', async () => {
    expect(await client.stored(pointer)).toEqual({ name: 'late' });
    expect(seen.at(-1)?.path).toContain('versionId=v1');
  });

  it('is refused when its bytes are not the recorded ones', async () => {
    await expect(client.stored({ ...pointer, sha256: sha256('other') })).rejects.toThrow(IntegrityError);
  });
});

it('the execution of a training has the ARN that its state machine gives it', () => {
  expect(client.trainingArn('late', 'run-1')).toBe(
    'arn:aws:states:us-east-1:000000000000:execution:late-train-model:run-1',
  );
});
