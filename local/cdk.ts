import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SetUpError } from './set-up-error.ts';
import { root, workDirectory } from './work-directory.ts';

const CDK = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin/cdk');
const TAIL_LINES = 25;

export interface CdkOptions {
  /** @default this process's */
  readonly environment?: NodeJS.ProcessEnv;
  /** @default the project's root */
  readonly folder?: string;
  /** Whether the caller's terminal sees it; otherwise only the log does. @default false */
  readonly visible?: boolean;
}

/** Runs the ordinary `cdk` command. @throws SetUpError with the end of its output when it fails */
export async function cdk(args: readonly string[], options: CdkOptions = {}): Promise<void> {
  const log = join(workDirectory, 'cdk.log');
  await mkdir(workDirectory, { recursive: true });
  const child = spawn(process.execPath, [CDK, ...args], {
    cwd: options.folder ?? root,
    env: {
      ...(options.environment ?? process.env),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    stdio: options.visible ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  const sink = createWriteStream(log, { flags: 'a' });
  child.stdout?.pipe(sink, { end: false });
  child.stderr?.pipe(sink, { end: false });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  await new Promise((resolve) => sink.end(resolve));
  if (code === 0) return;
  const tail = options.visible
    ? ''
    : `\n${(await readFile(log, 'utf8')).split('\n').slice(-TAIL_LINES).join('\n')}`;
  throw new SetUpError(`cdk ${args[0]} ended with exit code ${code}${tail}`);
}
