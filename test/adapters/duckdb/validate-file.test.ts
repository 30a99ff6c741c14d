import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TextScan } from '#adapters/duckdb/scan-text.ts';
import { validateFile } from '#adapters/duckdb/validate-file.ts';
import { brokenRules } from '#test/fixtures/broken-rules.ts';
import { small } from '#test/fixtures/nycflights.ts';

const miscount = vi.hoisted(() => ({ by: 0 }));
vi.mock('#adapters/duckdb/scan-text.ts', async (original) => {
  const module = await original<typeof import('#adapters/duckdb/scan-text.ts')>();
  const scanText = (...args: Parameters<typeof module.scanText>): TextScan => {
    const { byteOrderMark, header, rows, flaws, brokenRows, cuts, complete } = module.scanText(...args);
    return { byteOrderMark, header, rows: rows + miscount.by, flaws, brokenRows, cuts, complete };
  };
  return { ...module, scanText };
});

const directory = mkdtempSync(join(tmpdir(), 'leeboard-validate-'));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('validateFile', () => {
  it('refuses a file in which the engine reads other rows than its structure has', async () => {
    mkdirSync(directory, { recursive: true });
    const file = join(directory, 'file');
    const request = { file, part: join(directory, 'part'), dataset: small };
    const engine = { workDirectory: directory, memoryMb: 256, spillMb: 64 };
    writeFileSync(file, 'id,amount,kind,paid,at\n1,1,a,true,2020-01-01\n');
    expect(await validateFile(request, engine)).toMatchObject({ accepted: true });
    miscount.by = 1;
    expect(brokenRules(await validateFile(request, engine))).toEqual([['readable', null, []]]);
  });
});
