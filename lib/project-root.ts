import { join } from 'node:path';

/** Where bundles, layers, specs and state machines are found. */
export const PROJECT_ROOT = join(import.meta.dirname, '..');
