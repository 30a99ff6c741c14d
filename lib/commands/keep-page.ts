import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { OUTPUTS_FILE } from '#lib/client/outputs.ts';

/** Fetches a page of the store to a folder, by default `.leeboard` of the project. @returns where it is now */
export async function keepPage(
  client: Pick<LeeboardClient, 'store'>,
  pageKey: string,
  folder: string = dirname(OUTPUTS_FILE),
): Promise<string> {
  // Windows takes no colon in a name.
  const file = join(folder, pageKey.replaceAll(':', '-'));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await (await client.store()).read(pageKey));
  return file;
}
