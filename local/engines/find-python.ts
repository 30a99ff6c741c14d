import { run } from '../run.ts';
import { SetUpError } from '../set-up-error.ts';

const OLDEST_MINOR = 10;
const NAMES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
const PROBE = `
import importlib.util, platform
print(platform.python_version(), *(name for name in ("venv", "ensurepip") if importlib.util.find_spec(name)))`;

/** A Python that can make virtual environments with pip in them. */
export interface Python {
  readonly command: string;
  readonly version: string;
}

/**
 * The first usable Python: `LEEBOARD_PYTHON` alone when it is set, else python3 and python3.14 to python3.10.
 * @throws SetUpError that lists what was found, what is needed and how to get it
 */
export async function findPython(env: NodeJS.ProcessEnv = process.env): Promise<Python> {
  const candidates = env.LEEBOARD_PYTHON ? [env.LEEBOARD_PYTHON] : NAMES;
  const refused: string[] = [];
  for (const command of candidates) {
    const answer = await run(command, ['-c', PROBE], { env }).catch(() => undefined);
    if (answer === undefined) continue;
    const [version, ...modules] = answer
      .replace(/^Python /, '')
      .trim()
      .split(/\s+/);
    const problem = whatIsMissing(version, modules);
    if (!problem) return { command, version: version as string };
    refused.push(`${command} ${problem}`);
  }
  throw new SetUpError(
    `Python 3.${OLDEST_MINOR} or newer, with venv, is needed to run the embedded AWS.\n` +
      `  found: ${refused.join('; ') || `no Python (looked for ${candidates.join(', ')})`}\n` +
      '  to get it: `sudo apt-get install python3 python3-venv` (Debian, Ubuntu), `sudo dnf install python3` (Fedora), ' +
      '`brew install python` (macOS), or https://www.python.org/downloads/\n' +
      '  to use one that is not in PATH: LEEBOARD_PYTHON=/path/to/python3',
  );
}

function whatIsMissing(version: string | undefined, modules: readonly string[]): string | undefined {
  const [major, minor] = (version ?? '').split('.').map(Number);
  if (major === undefined || minor === undefined || Number.isNaN(major + minor))
    return 'does not say its version';
  if (major !== 3 || minor < OLDEST_MINOR) return `is ${version}, too old`;
  // Debian and Ubuntu ship both apart from Python itself.
  const missing = ['venv', 'ensurepip'].filter((module) => !modules.includes(module));
  return missing.length > 0
    ? `is ${version}, but has no ${missing.join(' and no ')} (install python3-venv)`
    : undefined;
}
