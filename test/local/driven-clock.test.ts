import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { expect, it, onTestFinished } from 'vitest';
import { drivenClock } from '#local/driven-clock.ts';
import { startEmulator } from '#local/emulator.ts';
import { SetUpError } from '#local/set-up-error.ts';
import { clientSettings, engines, runEmulator, scratchDirectory } from './helpers.ts';
import { ask, createStack, functionStack, startAsking } from './stack.ts';

const APRIL = '2013-04-01T00:00:00.000Z';
const MAY = '2013-05-01T00:00:00.000Z';
const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:ask';

async function runDriven(clock: string, directory: string) {
  const emulator = await startEmulator({ engines, stateDir: join(directory, 'state'), clock });
  onTestFinished(() => emulator.stop());
  return emulator;
}

const minutesAfter = (moment: string, found: string | Date | undefined) =>
  (new Date(found ?? Number.NaN).getTime() - Date.parse(moment)) / 60_000;

it('gives functions, objects and executions the time it was told, before and after each move', async () => {
  const { endpoint, clock } = await runDriven(APRIL, await scratchDirectory());
  const told = 'exports.handler = async () => ({ pid: process.pid, now: new Date().toISOString() })';
  await createStack(endpoint, functionStack(told));
  // One client of each, as a caller has: it has signed before the clock is moved and signs after it.
  const s3 = new S3Client({ ...clientSettings(endpoint), forcePathStyle: true });
  const machines = new SFNClient(clientSettings(endpoint));
  await s3.send(new CreateBucketCommand({ Bucket: 'dated' }));
  const pids = new Set<number>();

  for (const [index, moment] of [APRIL, MAY, APRIL, MAY].entries()) {
    if (index > 0) await clock.moveTo(moment);

    const Key = `object-${index}`;
    await s3.send(new PutObjectCommand({ Bucket: 'dated', Key, Body: 'x' }));
    const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket: 'dated', Key }));
    const { pid, now } = (await ask(endpoint)) as { pid: number; now: string };
    pids.add(pid);
    const arn = await startAsking(endpoint);
    const { executions = [] } = await machines.send(new ListExecutionsCommand({ stateMachineArn: MACHINE }));
    const startDate = executions.find(({ executionArn }) => executionArn === arn)?.startDate;
    for (const found of [LastModified, now, startDate, await clock.now()]) {
      expect(minutesAfter(moment, found)).toBeGreaterThan(-0.02);
      expect(minutesAfter(moment, found)).toBeLessThan(2);
    }
  }
  expect(pids.size).toBe(1); // a warm function follows the clock
});

it('goes on from the moment that it is started with, on what it kept', async () => {
  const directory = await scratchDirectory();
  const first = await runDriven(APRIL, directory);
  const s3 = ({ endpoint }: { endpoint: string }) =>
    new S3Client({ ...clientSettings(endpoint), forcePathStyle: true });
  await s3(first).send(new CreateBucketCommand({ Bucket: 'dated' }));
  await s3(first).send(new PutObjectCommand({ Bucket: 'dated', Key: 'a', Body: 'x' }));
  await first.stop();

  const second = await runDriven(MAY, directory);

  const { LastModified } = await s3(second).send(new HeadObjectCommand({ Bucket: 'dated', Key: 'a' }));
  expect(minutesAfter(APRIL, LastModified)).toBeLessThan(2);
  expect(minutesAfter(MAY, await second.clock.now())).toBeLessThan(2);
});

it('gives its time to a process outside that asks for it', async () => {
  const { clock } = await runDriven(APRIL, await scratchDirectory());
  const env = { ...process.env, NODE_OPTIONS: await clock.nodeOptions() };
  const now = () =>
    execFileSync('node', ['-p', 'new Date().toISOString()'], { env, encoding: 'utf8' }).trim();

  expect(minutesAfter(APRIL, now())).toBeLessThan(2);
  await clock.moveTo(MAY);
  expect(minutesAfter(MAY, now())).toBeGreaterThanOrEqual(0);
});

it('refuses what is no moment, and an emulator that has the clock of the machine', async () => {
  const { clock } = await runDriven(APRIL, await scratchDirectory());
  await expect(clock.moveTo('May')).rejects.toThrow(SetUpError);
  await expect(clock.moveTo('2013-05-01T00:00:00')).rejects.toThrow('must say its zone');

  const { endpoint } = await runEmulator(await scratchDirectory());
  await expect(drivenClock(endpoint).moveTo(MAY)).rejects.toThrow('started without CLOCK_AT');
  await expect(drivenClock(endpoint).now()).rejects.toThrow(SetUpError);
});
