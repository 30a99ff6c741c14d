import { spawn } from 'node:child_process';

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer' };

/** Opens a file as its owner's desktop does. @returns whether there is something that opens files */
export function openPage(file: string): Promise<boolean> {
  const opener = spawn(OPENERS[process.platform] ?? 'xdg-open', [file], { detached: true, stdio: 'ignore' });
  return new Promise((resolve) => {
    opener.once('error', () => resolve(false));
    opener.once('spawn', () => {
      // A browser may stay open longer than the command.
      opener.unref();
      resolve(true);
    });
  });
}
