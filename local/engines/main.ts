/** `npx tsx local/engines/main.ts [directory]`: fetches what npm does not bring, into `.leeboard/` unless told otherwise. */
import { SetUpError } from '../set-up-error.ts';
import { installEngines } from './install-engines.ts';
import { printProgress } from './progress.ts';

try {
  console.log(JSON.stringify(await installEngines(printProgress, process.argv[2]), null, 2));
} catch (error) {
  console.error(error instanceof SetUpError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
