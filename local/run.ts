import { execFile } from 'node:child_process';
import { SetUpError } from './set-up-error.ts';

interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/**
 * Runs a program to its end and gives what it printed.
 * @throws SetUpError with the command and the end of its output when it fails
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { input, ...rest } = options;
  return new Promise((done, fail) => {
    const child = execFile(command, args, { maxBuffer: 1 << 28, ...rest }, (error, stdout, stderr) => {
      if (!error) return done(stdout);
      const output = `${stdout}${stderr}`.trim() || error.message;
      fail(
        new SetUpError(`${command} ${args.join(' ').slice(0, 200)} failed:\n${output.slice(-3000)}`, {
          cause: error,
        }),
      );
    });
    child.stdin?.on('error', () => {}).end(input);
  });
}
