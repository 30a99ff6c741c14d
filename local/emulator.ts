import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type DrivenClock, drivenClock } from './driven-clock.ts';
import type { Engines } from './engines/install-engines.ts';
import { SetUpError } from './set-up-error.ts';
import { root, workDirectory } from './work-directory.ts';

/** Exit code of `emulator/owned.py` when another emulator holds the state directory. */
const IN_USE = 75;
const START_SECONDS = 60;
/** The emulator saves and leaves within 4 s of being told; it is killed after this many. */
const STOP_SECONDS = 8;
const UNDERTAKER_MS = 2000;
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;
const LOG_TAIL_CHARACTERS = 3000;
/** What functions may see of this machine; AWS profiles, proxies and Node options stay outside. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'LC_ALL'];

const Claim = z.object({ pid: z.number(), port: z.number() });

export interface EmulatorOptions {
  readonly engines: Pick<Engines, 'python'>;
  /** Where the emulator keeps everything; one emulator at a time. @default '.leeboard/state' */
  readonly stateDir?: string;
  /** The port to listen on. @default the one of last time, else any that is free */
  readonly port?: number;
  /** More settings of the emulator, see emulator/README.md. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The state directory is its own: what is kept there has the times of that clock, and must not meet another. */
export interface DrivenEmulatorOptions extends EmulatorOptions {
  readonly stateDir: string;
  /** The moment (ISO 8601 with its zone) from which its clock goes on, until it is moved. */
  readonly clock: string;
}

/** An embedded AWS, on loopback only, with IAM enforced. It ends when this process does, however that ends. */
export interface Emulator {
  readonly endpoint: string;
  readonly pid: number;
  readonly logFile: string;
  /** Saves, and ends it and all that it started. */
  stop(): Promise<void>;
}

export interface DrivenEmulator extends Emulator {
  readonly clock: DrivenClock;
}

/**
 * Starts an emulator on what the last one left in the state directory.
 * @throws SetUpError when the directory or the port is in use, or with the end of its log when it does not start
 */
export async function startEmulator(options: DrivenEmulatorOptions): Promise<DrivenEmulator>;
export async function startEmulator(options: EmulatorOptions): Promise<Emulator>;
export async function startEmulator(
  options: EmulatorOptions & Partial<DrivenEmulatorOptions>,
): Promise<Emulator | DrivenEmulator> {
  const stateDir = resolve(options.stateDir ?? join(workDirectory, 'state'));
  await mkdir(stateDir, { recursive: true });
  const logFile = join(dirname(stateDir), 'emulator.log');
  const log = await openLog(logFile);
  const logStart = (await log.stat()).size;
  const child = spawn(options.engines.python, ['-m', 'emulator', '--owned', stateDir], {
    // A group of its own: Ctrl-C reaches this process alone, which decides. Its stdin is its tie to this process.
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
    env: emulatorEnvironment(options),
  });
  try {
    const pid = await started(child);
    const endpoint = await answering(child, pid, stateDir);
    letGo(child);
    const emulator = { endpoint, pid, logFile, stop: () => stop(child, pid) };
    return options.clock === undefined ? emulator : { ...emulator, clock: drivenClock(endpoint) };
  } catch (error) {
    child.kill('SIGKILL');
    if (child.exitCode === IN_USE) throw await inUse(stateDir);
    const tail = (await readFile(logFile)).subarray(logStart).toString().slice(-LOG_TAIL_CHARACTERS);
    throw new SetUpError(
      `the embedded AWS did not start: ${(error as Error).message}\n${logFile}:\n${tail}`,
      {
        cause: error,
      },
    );
  } finally {
    await log.close();
  }
}

function emulatorEnvironment({
  port,
  clock,
  environment,
}: EmulatorOptions & Partial<DrivenEmulatorOptions>): NodeJS.ProcessEnv {
  const passedOn = PASSED_ON.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  return {
    ...Object.fromEntries(passedOn),
    TZ: 'UTC',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AUTH: 'true',
    PYTHONPATH: join(root, 'local'),
    ...(port !== undefined && { GATEWAY_PORT: String(port) }),
    ...(clock !== undefined && { CLOCK_AT: clock }),
    ...environment,
  };
}

async function started(child: ChildProcess): Promise<number> {
  if (child.pid === undefined) throw (await once(child, 'error'))[0];
  return child.pid;
}

async function answering(child: ChildProcess, pid: number, stateDir: string): Promise<string> {
  const deadline = Date.now() + START_SECONDS * 1000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`it ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`);
    }
    const claim = await readClaim(stateDir);
    if (claim?.pid === pid && (await isHealthy(endpointOf(claim)))) return endpointOf(claim);
    await sleep(25);
  }
  throw new Error(`it does not answer after ${START_SECONDS} s`);
}

async function readClaim(stateDir: string): Promise<z.output<typeof Claim> | undefined> {
  const text = await readFile(join(stateDir, 'emulator.json'), 'utf8').catch(() => '');
  // The file is empty for a moment while its owner changes.
  return text ? Claim.parse(JSON.parse(text)) : undefined;
}

const endpointOf = ({ port }: { port: number }) => `http://127.0.0.1:${port}`;

async function isHealthy(endpoint: string): Promise<boolean> {
  const answer = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(10_000) }).catch(
    () => undefined,
  );
  return answer?.ok ?? false;
}

/** Lets this process end while the emulator runs: its stdin closes then, and it follows. */
function letGo(child: ChildProcess): void {
  child.unref();
  (child.stdin as Socket).on('error', () => {}).unref();
}

async function stop(child: ChildProcess, pid: number): Promise<void> {
  child.ref();
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_SECONDS * 1000);
    await exit;
    clearTimeout(killer);
  }
  // Where nobody reaps orphans (a container without init) ended workers stay in the group as zombies: do not wait for ever.
  for (let waited = 0; isGroupAlive(pid) && waited < UNDERTAKER_MS; waited += 20) await sleep(20);
}

/** Whether a process of the emulator's group is left; its undertaker kills the group once the leader is gone. */
function isGroupAlive(leader: number): boolean {
  try {
    return process.kill(-leader, 0);
  } catch {
    return false;
  }
}

async function inUse(stateDir: string): Promise<SetUpError> {
  const claim = await readClaim(stateDir);
  return new SetUpError(
    `${stateDir} is in use by an emulator, pid ${claim?.pid}, at ${claim ? endpointOf(claim) : 'an unknown address'}: ` +
      `use that one, stop it (\`kill ${claim?.pid}\`), or give another state directory`,
  );
}

async function openLog(file: string) {
  const size = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await rename(file, `${file}.1`);
  return open(file, 'a');
}
