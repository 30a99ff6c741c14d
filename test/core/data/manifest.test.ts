import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { type ManifestContext, nextManifest, type Part, partKey } from '#core/data/manifest.ts';

const context: ManifestContext = {
  dataset: 'flights',
  mode: 'append',
  createdAt: '2013-02-01T00:00:00Z',
  specHash: 'spec',
  codeVersion: '0.1.0',
  libraries: { duckdb: 'v1.5.6' },
};

function part(sha256: string, rows: number): Part {
  const source = {
    bucket: 'incoming',
    key: `${sha256}.csv`,
    versionId: 'v1',
    sha256: `source ${sha256}`,
    size: 9,
  };
  return { key: partKey('flights', sha256), sha256, size: 5, s3VersionId: 's1', rows, source };
}

const january = {
  rows: 10,
  columns: { delay: { nulls: 1, min: 3, max: 20 }, carrier: { nulls: 0, distinct: 2, levels: ['AA', 'UA'] } },
};
const february = {
  rows: 5,
  columns: { delay: { nulls: 2, min: -4, max: 9 }, carrier: { nulls: 0, distinct: 2, levels: ['AA', 'B6'] } },
};

describe('nextManifest', () => {
  const first = nextManifest(undefined, part('a', 10), january, context);
  const parent = { manifest: first, sha256: 'hash of first' };

  it('starts at version 1 without a parent', () => {
    expect(first).toMatchObject({ format: 1, version: 1, parent: null, rows: 10 });
    expect(first.parts.map(({ key }) => key)).toEqual(['datasets/flights/parts/a.parquet']);
  });

  it('names its parent by version and hash', () => {
    expect(nextManifest(parent, part('b', 5), february, context).parent).toEqual({
      version: 1,
      sha256: 'hash of first',
    });
  });

  it('holds all parts so far, in order, when it appends', () => {
    const second = nextManifest(parent, part('b', 5), february, context);
    expect(second).toMatchObject({ version: 2, rows: 15 });
    expect(second.parts.map(({ sha256 }) => sha256)).toEqual(['a', 'b']);
  });

  it('sums up its columns over all parts', () => {
    expect(nextManifest(parent, part('b', 5), february, context).columns).toEqual({
      delay: { nulls: 3, min: -4, max: 20 },
      carrier: { nulls: 0, levels: ['AA', 'B6', 'UA'] },
    });
  });

  it('holds the new part alone when it replaces', () => {
    const second = nextManifest(parent, part('b', 5), february, { ...context, mode: 'replace' });
    expect(second).toMatchObject({
      version: 2,
      rows: 5,
      mode: 'replace',
      columns: { delay: { nulls: 2, min: -4, max: 9 } },
    });
    expect(second.parts.map(({ sha256 }) => sha256)).toEqual(['b']);
  });

  it.each(['append', 'replace'] as const)('changes nothing when the same part comes twice (%s)', (mode) => {
    expect(nextManifest(parent, part('a', 10), january, { ...context, mode })).toBe(first);
  });

  it('replaces many parts by one of them', () => {
    const second = { manifest: nextManifest(parent, part('b', 5), february, context), sha256: 'hash' };
    const third = nextManifest(second, part('a', 10), january, { ...context, mode: 'replace' });
    expect(third).toMatchObject({ version: 3, rows: 10 });
  });

  it('counts a column that older parts lack as null in their rows', () => {
    const profile = { rows: 5, columns: { ...february.columns, gust: { nulls: 1, min: 2, max: 3 } } };
    expect(nextManifest(parent, part('b', 5), profile, context).columns.gust).toEqual({
      nulls: 11,
      min: 2,
      max: 3,
    });
  });

  it('lists no levels once a part had too many to list', () => {
    const profile = { rows: 5, columns: { carrier: { nulls: 0, distinct: 20_000 } } };
    expect(nextManifest(parent, part('b', 5), profile, context).columns.carrier).toEqual({ nulls: 0 });
  });

  it('compares timestamps as instants, and has no least value where all are null', () => {
    const at = (min: string) => ({
      rows: 1,
      columns: { at: { nulls: 0, min, max: min }, never: { nulls: 1 } },
    });
    const older = {
      manifest: nextManifest(undefined, part('a', 1), at('2013-02-01T00:00:00.000Z'), context),
      sha256: 'h',
    };
    expect(nextManifest(older, part('b', 1), at('2013-01-31T23:59:59.999Z'), context).columns).toEqual({
      at: { nulls: 0, min: '2013-01-31T23:59:59.999Z', max: '2013-02-01T00:00:00.000Z' },
      never: { nulls: 2 },
    });
  });

  it('is plain data that has a canonical form', () => {
    expect(JSON.parse(canonicalJson(first))).toEqual(first);
  });
});
