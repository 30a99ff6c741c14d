import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '#local/emulator.ts';
import { SetUpError } from '#local/set-up-error.ts';
import {
  accepts,
  clientSettings,
  engines,
  isGroupAlive,
  portOf,
  runEmulator,
  scratchDirectory,
  until,
} from './helpers.ts';
import { ask, createStack, functionStack, startAsking, writerStack } from './stack.ts';

const storage = (endpoint: string) => new S3Client({ ...clientSettings(endpoint), forcePathStyle: true });
const tables = (endpoint: string) => new DynamoDBClient(clientSettings(endpoint));

async function store(endpoint: string): Promise<void> {
  await storage(endpoint).send(new CreateBucketCommand({ Bucket: 'kept' }));
  await storage(endpoint).send(new PutObjectCommand({ Bucket: 'kept', Key: 'a', Body: 'object' }));
  await tables(endpoint).send(
    new CreateTableCommand({
      TableName: 'kept',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );
  await tables(endpoint).send(
    new PutItemCommand({ TableName: 'kept', Item: { id: { S: 'a' }, value: { S: 'item' } } }),
  );
}

async function stored(endpoint: string): Promise<(string | undefined)[]> {
  const object = await storage(endpoint).send(new GetObjectCommand({ Bucket: 'kept', Key: 'a' }));
  const item = await tables(endpoint).send(
    new GetItemCommand({ TableName: 'kept', Key: { id: { S: 'a' } } }),
  );
  return [await object.Body?.transformToString(), item.Item?.value?.S];
}

describe('the embedded AWS', () => {
  it('keeps objects, items and its address over a stop and a start', async () => {
    const directory = await scratchDirectory();
    const first = await runEmulator(directory);
    await store(first.endpoint);
    await first.stop();

    const second = await runEmulator(directory);

    expect(second.endpoint).toBe(first.endpoint);
    expect(await stored(second.endpoint)).toEqual(['object', 'item']);
  });

  it('loses nothing that is older than a few seconds to kill -9', async () => {
    const directory = await scratchDirectory();
    const first = await runEmulator(directory);
    await store(first.endpoint);
    await new Promise((done) => setTimeout(done, 5000)); // saved every 3 s
    const litter = join(directory, 'state/tmp/unpacked-function');
    await writeFile(litter, '');
    process.kill(first.pid, 'SIGKILL');

    const second = await runEmulator(directory);

    expect(existsSync(litter)).toBe(false);
    expect(second.pid).not.toBe(first.pid);
    expect(await stored(second.endpoint)).toEqual(['object', 'item']);
  });

  it('has ended with all its Lambda workers when stop() returns, even one that never yields', async () => {
    const emulator = await runEmulator(await scratchDirectory());
    const busy = 'let n = 0; exports.handler = async () => { if (n++) for (;;); return process.pid; }';
    await createStack(emulator.endpoint, functionStack(busy));
    const worker = (await ask(emulator.endpoint)) as number;
    await startAsking(emulator.endpoint);
    expect(process.kill(worker, 0)).toBe(true);

    await emulator.stop();

    expect(() => process.kill(worker, 0)).toThrow('ESRCH');
    expect(isGroupAlive(emulator.pid)).toBe(false);
    expect(await accepts('127.0.0.1', portOf(emulator))).toBe(false);
  });

  it('takes its Lambda workers with it when it is killed with -9', async () => {
    const emulator = await runEmulator(await scratchDirectory());
    const busy = 'let n = 0; exports.handler = async () => { if (n++) for (;;); return process.pid; }';
    await createStack(emulator.endpoint, functionStack(busy));
    const worker = (await ask(emulator.endpoint)) as number;
    await startAsking(emulator.endpoint);

    process.kill(emulator.pid, 'SIGKILL');

    await until(async () => !isGroupAlive(emulator.pid));
    expect(() => process.kill(worker, 0)).toThrow('ESRCH');
  });

  it('refuses a second emulator on the same state and names the first', async () => {
    const directory = await scratchDirectory();
    const first = await runEmulator(directory);

    const second = startEmulator({ engines, stateDir: join(directory, 'state') });

    await expect(second).rejects.toThrow(SetUpError);
    await expect(second).rejects.toThrow(
      new RegExp(`in use by an emulator, pid ${first.pid}, at ${first.endpoint}`),
    );
    expect(await accepts('127.0.0.1', portOf(first))).toBe(true);
  });

  it('runs beside another one on another port', async () => {
    const [one, two] = await Promise.all([
      runEmulator(await scratchDirectory()),
      runEmulator(await scratchDirectory()),
    ]);
    expect(portOf(one)).not.toBe(portOf(two));
  });

  it('says why it did not start, with the end of its log', async () => {
    const taken = await runEmulator(await scratchDirectory());

    const refused = startEmulator({ engines, stateDir: await scratchDirectory(), port: portOf(taken) });

    await expect(refused).rejects.toThrow(SetUpError);
    await expect(refused).rejects.toThrow(
      new RegExp(`did not start: it ended with exit code 1[^]*cannot listen on 127.0.0.1:${portOf(taken)}`),
    );
  });

  it('shows functions nothing of the environment that it was started from, and the clock of AWS', async () => {
    process.env.AWS_PROFILE = 'production';
    onTestFinished(() => void delete process.env.AWS_PROFILE);
    const emulator = await runEmulator(await scratchDirectory());
    const code =
      'exports.handler = async () => [process.env.AWS_PROFILE ?? null, new Date().getTimezoneOffset()]';
    await createStack(emulator.endpoint, functionStack(code));
    expect(await ask(emulator.endpoint)).toEqual([null, 0]);
  });

  it('listens on loopback only', async () => {
    const emulator = await runEmulator(await scratchDirectory());
    const outside = Object.values(networkInterfaces()).flatMap((found) =>
      (found ?? []).filter((one) => !one.internal),
    );

    expect(outside.length, 'an address of this machine beside loopback').toBeGreaterThan(0);
    const answers = await Promise.all(outside.map(({ address }) => accepts(address, portOf(emulator))));
    expect(answers).toEqual(outside.map(() => false));
    expect(await accepts('127.0.0.1', portOf(emulator))).toBe(true);
  });

  it('enforces IAM: a role does what it was granted and nothing else', async () => {
    const emulator = await runEmulator(await scratchDirectory());
    await createStack(emulator.endpoint, writerStack);
    const settings = clientSettings(emulator.endpoint);
    const writer = new S3Client({
      ...settings,
      forcePathStyle: true,
      credentials: fromTemporaryCredentials({
        params: { RoleArn: 'arn:aws:iam::000000000000:role/writer' },
        masterCredentials: settings.credentials,
        clientConfig: { endpoint: settings.endpoint, region: settings.region },
      }),
    });

    await writer.send(new PutObjectCommand({ Bucket: 'guarded', Key: 'a', Body: 'x' }));

    await expect(writer.send(new GetObjectCommand({ Bucket: 'guarded', Key: 'a' }))).rejects.toThrow(
      expect.objectContaining({ name: 'AccessDenied' }),
    );
  });
});
