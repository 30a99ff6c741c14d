/** `npx tsx local/engines/main.ts`: fetches what npm does not bring, into `.leeboard/`. */
import { SetUpError } from '../set-up-error.ts';
import { installEngines } from './install-engines.ts';

try {
  console.log(JSON.stringify(await installEngines(), null, 2));
} catch (error) {
  console.error(error instanceof SetUpError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
