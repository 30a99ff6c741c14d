import { type ChildProcess, execFile, fork } from 'node:child_process';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { problem, type ValidationResult } from '#core/data/report.ts';
import type { FileValidator, ValidationRequest } from '#ports/queries.ts';
import type { ChildRequest } from './validate-child.ts';

export interface ChildOptions {
  /** The script that `validate-child.ts` was built to. */
  readonly entry: string;
  /** Node options of the child. @default none */
  readonly execArgv?: readonly string[];
  /** Resident memory, in megabytes, at which the child is killed; the engine is told to stay below. */
  readonly memoryMb: number;
  /** Wall time, in seconds, after which the child is killed. */
  readonly seconds: number;
  /** What the engine may spill to disk, in megabytes; also what a file may hold unpacked. @default 4096 */
  readonly spillMb?: number;
  /** @default 2 */
  readonly threads?: number;
}

/** Megabytes of the child that are Node's own. */
const NODE_MB = 150;
const WATCH_MS = 50;
/** All that the child knows of its surroundings: no credentials. */
const KEPT_VARIABLES = ['PATH', 'NODE_PATH', 'LD_LIBRARY_PATH'];

/** Judges each file in a process of its own, which a hostile file may crash, exhaust or stall. */
export function childValidator(options: ChildOptions): FileValidator {
  return { validate: (request) => validateInChild(options, request) };
}

/**
 * Judges one file in a child process. A crash, too much memory and too much time are rejections by rule
 * `readable`. Whatever happens, nothing but the part of an accepted file is left behind.
 */
export async function validateInChild(
  options: ChildOptions,
  request: ValidationRequest,
): Promise<ValidationResult> {
  const workDirectory = await mkdtemp(join(dirname(request.part), 'validation-'));
  try {
    const part = join(workDirectory, 'part.parquet');
    const memoryMb = Math.max(64, Math.floor((options.memoryMb - NODE_MB) * 0.75));
    const { spillMb = 4096, threads = 2 } = options;
    const engine = { workDirectory, memoryMb, spillMb, threads };
    const result = await runChild(options, { request: { ...request, part }, engine });
    if (result.accepted) await rename(part, request.part);
    return result;
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}

async function runChild(options: ChildOptions, message: ChildRequest): Promise<ValidationResult> {
  const child = fork(options.entry, [], {
    execArgv: [...(options.execArgv ?? [])],
    env: Object.fromEntries(KEPT_VARIABLES.map((name) => [name, process.env[name]])),
    // What a library prints may quote the file.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let answer: ValidationResult | undefined;
  let broken = 'a file that can be read without a crash of its reader';
  const kill = (expected: string) => {
    broken = expected;
    child.kill('SIGKILL');
  };
  const timer = setTimeout(
    () => kill(`a file that can be read in ${options.seconds} s`),
    options.seconds * 1000,
  );
  const watch = watchMemory(child, options.memoryMb, () =>
    kill(`a file that can be read with ${options.memoryMb} MB of memory`),
  );
  try {
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
      child.once('message', (result) => {
        answer = result as ValidationResult;
      });
      child.send(message, (error) => error && child.kill('SIGKILL'));
    });
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
  }
  return answer ?? { accepted: false, format: null, rows: null, problems: [problem('readable', broken)] };
}

function watchMemory(child: ChildProcess, limitMb: number, exceeded: () => void): NodeJS.Timeout {
  let busy = false;
  return setInterval(async () => {
    if (busy || child.pid === undefined) return;
    busy = true;
    if ((await residentMb(child.pid)) > limitMb) exceeded();
    busy = false;
  }, WATCH_MS);
}

/** Resident memory of a process in megabytes; 0 when it is gone. */
async function residentMb(pid: number): Promise<number> {
  try {
    if (process.platform === 'linux') {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
    }
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
    return Number(stdout.trim()) / 1024;
  } catch {
    return 0;
  }
}
