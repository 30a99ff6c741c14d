import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { documentClient } from '#adapters/dynamodb/document-client.ts';
import { DynamoRegistry } from '#adapters/dynamodb/dynamo-registry.ts';
import { reaching } from '#adapters/reaching.ts';
import { S3ObjectStore } from '#adapters/s3/s3-object-store.ts';
import { StepFunctionsExecutions } from '#adapters/stepfunctions/step-functions-executions.ts';
import { UnreachableError } from '#core/errors.ts';
import { tellPeople } from '../../lambdas/shared/tell-people.ts';

const ASKED = '2026-05-01T00:00:00.000Z';
let server: Server | undefined;

/** A server that does so with each request, or, without that, its address once it is gone. */
async function serverThat(answers?: Parameters<typeof createServer>[1]): Promise<string> {
  const opened = createServer(answers ?? (() => {}));
  await new Promise<void>((done) => opened.listen(0, '127.0.0.1', done));
  const { port } = opened.address() as AddressInfo;
  if (answers) server = opened;
  else await new Promise((done) => opened.close(done));
  return `http://127.0.0.1:${port}`;
}

const optionsFor = (endpoint: string) => ({
  endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'nobody', secretAccessKey: 'nothing' },
  maxAttempts: 1,
});
/** As functions do: one client for all buckets. */
function storeAt(endpoint: string): S3ObjectStore {
  const client = new S3Client({ ...optionsFor(endpoint), forcePathStyle: true });
  const [, store] = ['specs', 'store'].map((bucket) => new S3ObjectStore(client, bucket));
  return store as S3ObjectStore;
}

/** What a function finds in its environment. */
function stubAws(variables: Record<string, string>): void {
  for (const name of ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'REGISTRY_TABLE', 'TOPIC'])
    vi.stubEnv(name, 'anything');
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  vi.unstubAllEnvs();
});

describe('a service that cannot be reached', () => {
  it.each<[string, (endpoint: string) => Promise<unknown>]>([
    ['S3', (endpoint) => storeAt(endpoint).list('models/')],
    [
      'DynamoDB',
      (endpoint) => {
        const client = documentClient(new DynamoDBClient(optionsFor(endpoint)));
        return new DynamoRegistry(client, 'registry').deployment('late');
      },
    ],
    [
      'Step Functions',
      (endpoint) => {
        const client = new SFNClient(optionsFor(endpoint));
        return new StepFunctionsExecutions(client, 'dev', 'arn:aws:states:x:1').find('late', 'run');
      },
    ],
  ])('is an error of a name of its own: %s refuses', async (_, call) => {
    const failure = await call(await serverThat()).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(UnreachableError);
    expect(failure).toMatchObject({ name: 'UnreachableError', cause: { code: 'ECONNREFUSED' } });
    expect((failure as Error).message).toMatch(/^no connection, ECONNREFUSED: /);
  });

  it('is one whose name nobody knows', async () => {
    const failure = storeAt('http://nowhere.invalid').list('models/');
    await expect(failure).rejects.toThrow(/^no connection, (ENOTFOUND|EAI_AGAIN): /);
  });

  it('is one that hangs up', async () => {
    const endpoint = await serverThat((request) => request.socket.destroy());
    await expect(storeAt(endpoint).list('models/')).rejects.toThrow(UnreachableError);
  });

  it('is one that hangs up within an object', async () => {
    const endpoint = await serverThat((_, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('the beginning');
      setTimeout(() => response.destroy(), 50);
    });
    const store = storeAt(endpoint);
    await expect(store.read('key')).rejects.toThrow(UnreachableError);
    await expect(store.describe('key')).rejects.toThrow(UnreachableError);
    const file = join(tmpdir(), `leeboard-reaching-${process.pid}`);
    await expect(store.download('key', file)).rejects.toThrow(UnreachableError);
    await rm(file);
  });

  it('is one that people should be told through', async () => {
    const dynamo = await serverThat((_, response) => response.end('{}'));
    stubAws({ AWS_ENDPOINT_URL: await serverThat(), AWS_ENDPOINT_URL_DYNAMODB: dynamo });
    const news = { format: 1 as const, id: 'news', at: ASKED, subject: 'news', text: 'news', numbers: [] };
    await expect(tellPeople(news)).rejects.toMatchObject({ name: 'UnreachableError' });
  });

  it('keeps a name when the step of a pipeline fails, whatever it called', async () => {
    stubAws({ AWS_ENDPOINT_URL: await serverThat() });
    const { handler } = await import('../../lambdas/judge-retraining.ts');
    const spec = { bucket: 'specs', key: 'spec.json', sha256: 'a'.repeat(64) };
    const judging = handler({ model: 'late', decision: 1, runId: 'decision-000001', asOf: ASKED, spec });
    await expect(judging).rejects.toMatchObject({ name: 'UnreachableError' });
  });
});

it('what else fails is left as it is', async () => {
  const mistake = new TypeError('undefined is not a function');
  await expect(
    reaching(() => {
      throw mistake;
    }),
  ).rejects.toBe(mistake);
});
