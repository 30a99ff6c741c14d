import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openPage } from '#lib/commands/open-page.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leeboard-open-'));
  vi.stubEnv('PATH', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

it('hands the file to what opens files here', async () => {
  for (const name of ['xdg-open', 'open']) {
    await writeFile(join(folder, name), `#!/bin/sh\necho "$1" > ${folder}/opened\n`);
    await chmod(join(folder, name), 0o755);
  }
  expect(await openPage('a page.html')).toBe(true);
  await vi.waitFor(async () => expect(await readFile(join(folder, 'opened'), 'utf8')).toBe('a page.html\n'));
});

it('says when nothing here opens files', async () => {
  expect(await openPage('a page.html')).toBe(false);
});
