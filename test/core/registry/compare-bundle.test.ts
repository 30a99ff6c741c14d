import { describe, expect, it } from 'vitest';
import type { ModelManifest } from '#core/registry/bundle.ts';
import { compareBundle, type Reproduction } from '#core/registry/compare-bundle.ts';

const pointer = (sha256: string) => ({ key: `versions/7/${sha256}`, versionId: 'v', size: 1, sha256 });
const manifest = {
  version: 7,
  engine: 'xgboost',
  codeVersion: 'code-1',
  libraries: { xgboost: '3.2.0', duckdb: '1.4.0' },
  files: {
    'model.ubj': pointer('m'),
    'signature.json': pointer('s'),
    'decision.json': pointer('d'),
    'baseline.json': pointer('b'),
    'evaluation.json': pointer('e'),
    'spec.json': pointer('p'),
    'training.json': pointer('t'),
  },
} satisfies Pick<ModelManifest, 'version' | 'engine' | 'files' | 'codeVersion' | 'libraries'>;

const again = (
  changes: Partial<Reproduction['files']> = {},
  rest: Partial<Reproduction> = {},
): Reproduction => ({
  files: {
    model: { sha256: 'm' },
    'signature.json': { sha256: 's' },
    'decision.json': { sha256: 'd' },
    'baseline.json': { sha256: 'b' },
    ...changes,
  },
  codeVersion: 'code-1',
  library: { name: 'xgboost', version: '3.2.0' },
  ...rest,
});

describe('compareBundle', () => {
  it('says that every byte came out the same', () => {
    expect(compareBundle(manifest, again())).toEqual({
      status: 'reproduced',
      files: [
        { file: 'model', expected: 'm', got: 'm', same: true },
        { file: 'signature.json', expected: 's', got: 's', same: true },
        { file: 'decision.json', expected: 'd', got: 'd', same: true },
        { file: 'baseline.json', expected: 'b', got: 'b', same: true },
      ],
      verdict: ['every byte of version 7 came out the same'],
    });
  });

  it.each(['model', 'signature.json', 'decision.json', 'baseline.json'] as const)(
    'says that %s differs, with both hashes',
    (file) => {
      const { status, files, verdict } = compareBundle(manifest, again({ [file]: { sha256: 'other' } }));
      expect(status).toBe('differs');
      expect(files.filter(({ same }) => !same)).toEqual([
        { file, expected: expect.stringMatching(/^[msdb]$/), got: 'other', same: false },
      ]);
      expect(verdict).toEqual([`version 7 came out differently in ${file}`]);
    },
  );

  it('names other code and another library as what may be why', () => {
    const { status, verdict } = compareBundle(
      manifest,
      again(
        { model: { sha256: 'x' }, 'baseline.json': { sha256: 'y' } },
        { codeVersion: 'code-2', library: { name: 'xgboost', version: '3.3.0' } },
      ),
    );
    expect(status).toBe('differs');
    expect(verdict).toEqual([
      'version 7 came out differently in model, baseline.json',
      'the code is code-2, version 7 was made by code-1',
      'xgboost is 3.3.0, version 7 was made by 3.2.0',
    ]);
  });

  it('tells of other code also when every byte is the same', () => {
    const { status, verdict } = compareBundle(manifest, again({}, { codeVersion: 'code-2' }));
    expect(status).toBe('reproduced');
    expect(verdict).toHaveLength(2);
  });

  it("compares a linear model's own file", () => {
    const { 'model.ubj': _, ...sides } = manifest.files;
    const linear = {
      ...manifest,
      engine: 'linear',
      files: { ...sides, 'model.json': pointer('l') },
    } as const;
    expect(compareBundle(linear, again({ model: { sha256: 'l' } })).status).toBe('reproduced');
    expect(compareBundle(linear, again()).status).toBe('differs');
  });

  it('refuses a manifest that names no model file', () => {
    expect(() => compareBundle({ ...manifest, engine: 'naive' }, again())).toThrow(
      new TypeError('the manifest names no model.json'),
    );
  });
});
