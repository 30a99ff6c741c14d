import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { codeVersion } from '#lib/code-version.ts';

const root = mkdtempSync(join(tmpdir(), 'leeboard-code-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

function versionOf(files: Record<string, string>): string {
  const folder = join(root, String(folders++));
  mkdirSync(join(folder, 'predict'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return codeVersion(folder);
}

describe('codeVersion', () => {
  const files = { 'predict/index.js': 'a', 'b.js': 'b' };

  it('is the same for the same bundles, wherever they lie and in whatever order they were written', () => {
    expect(versionOf(files)).toMatch(/^[0-9a-f]{16}$/);
    expect(versionOf({ 'b.js': 'b', 'predict/index.js': 'a' })).toBe(versionOf(files));
  });

  it.each<Record<string, string>>([
    { 'predict/index.js': 'a', 'b.js': 'c' },
    { 'predict/index.js': 'a', 'c.js': 'b' },
    { 'predict/index.js': 'a' },
    { 'predict/index.js': 'ab', 'b.js': '' },
  ])('differs when a byte or a name does: %j', (other) => {
    expect(versionOf(other)).not.toBe(versionOf(files));
  });

  it('leaves out what does not run', () => {
    expect(versionOf({ ...files, 'b.js.map': 'x' })).toBe(versionOf(files));
  });
});
