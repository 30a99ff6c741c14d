import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '#local/emulator.ts';
import { type Engines, installEngines } from '#local/engines/install-engines.ts';

/** The engines in `.leeboard/`, fetched when they are not there yet. */
export const engines: Engines = await installEngines(() => {});

/** A directory that is gone after the test. */
export async function scratchDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'leeboard-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

/** An emulator that is stopped after the test. */
export async function runEmulator(
  directory: string,
  options: Partial<EmulatorOptions> = {},
): Promise<Emulator> {
  const emulator = await startEmulator({ engines, stateDir: join(directory, 'state'), ...options });
  onTestFinished(() => emulator.stop());
  return emulator;
}

/** Settings of any AWS client; the key `test` is root. */
export function clientSettings(
  endpoint: string,
  credentials = { accessKeyId: 'test', secretAccessKey: 'test' },
) {
  return { endpoint, region: 'us-east-1', credentials };
}

/** Waits until `check` gives something other than undefined and false. */
export async function until<T>(check: () => Promise<T | undefined | false>, seconds = 20): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await check();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${check}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Whether something listens there. */
export function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host, port, timeout: 2000 });
    const end = (answer: boolean) => {
      socket.destroy();
      done(answer);
    };
    socket
      .on('connect', () => end(true))
      .on('error', () => end(false))
      .on('timeout', () => end(false));
  });
}

/** Whether any process of the group is left. */
export function isGroupAlive(leader: number): boolean {
  try {
    return process.kill(-leader, 0);
  } catch {
    return false;
  }
}

export const portOf = (emulator: { endpoint: string }) => Number(new URL(emulator.endpoint).port);
