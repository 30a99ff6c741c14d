import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '../project-root.ts';

/**
 * Where the pinned libxgboost is on this machine: the one that `LEEBOARD_LIBXGBOOST` names, else the engines', which
 * are fetched on first use, as by `npm run engines`.
 */
export async function installLibxgboost(): Promise<string> {
  if (process.env.LEEBOARD_LIBXGBOOST) return process.env.LEEBOARD_LIBXGBOOST;
  const program = join(PROJECT_ROOT, 'local/engines/main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program], {
    cwd: PROJECT_ROOT,
  });
  return (JSON.parse(stdout) as { readonly libxgboost: string }).libxgboost;
}
