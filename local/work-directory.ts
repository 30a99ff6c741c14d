import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** Everything that is fetched, built or written while running locally; ignored by git, safe to delete. */
export const workDirectory = join(root, '.leeboard');
