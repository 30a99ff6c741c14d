import type { ColumnProfile, PartProfile, TimeRange } from './report.ts';

/** The dropped file that a part was made from. */
export interface PartSource {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** One accepted file, as stored. */
export interface Part {
  readonly key: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly s3VersionId: string;
  readonly rows: number;
  readonly source: PartSource;
  readonly timeRange?: TimeRange;
}

/** Merged over all parts of a version. Distinct counts do not merge, so they stay with the parts' reports. */
export type ColumnSummary = Omit<ColumnProfile, 'distinct'>;

/** An immutable version of a dataset: its parts in order, and what they hold together. */
export interface DatasetManifest {
  readonly format: 1;
  readonly dataset: string;
  readonly version: number;
  readonly parent: { readonly version: number; readonly sha256: string } | null;
  readonly mode: 'append' | 'replace';
  /** ISO 8601. */
  readonly createdAt: string;
  readonly specHash: string;
  readonly codeVersion: string;
  readonly libraries: { readonly duckdb: string };
  readonly parts: readonly Part[];
  readonly rows: number;
  readonly columns: Readonly<Record<string, ColumnSummary>>;
}

/** What a new version takes from its surroundings. */
export type ManifestContext = Pick<
  DatasetManifest,
  'dataset' | 'mode' | 'createdAt' | 'specHash' | 'codeVersion' | 'libraries'
>;

/** Where a part is stored; the name is its content. */
export function partKey(dataset: string, sha256: string): string {
  return `datasets/${dataset}/parts/${sha256}.parquet`;
}

/**
 * The version that follows `parent` when `part` is accepted: parent's parts and the new one (`append`), or the
 * new one alone (`replace`). A part that the parent's newest state already holds changes nothing: `parent.manifest`
 * itself is returned, so a file that is delivered twice makes one version.
 * @param parent the newest version with the sha256 of its stored bytes; undefined for the first
 */
export function nextManifest(
  parent: { readonly manifest: DatasetManifest; readonly sha256: string } | undefined,
  part: Part,
  profile: PartProfile,
  context: ManifestContext,
): DatasetManifest {
  if (parent && holdsAlready(parent.manifest, part, context.mode)) return parent.manifest;
  const kept = context.mode === 'append' ? parent?.manifest : undefined;
  return {
    format: 1,
    dataset: context.dataset,
    version: (parent?.manifest.version ?? 0) + 1,
    parent: parent ? { version: parent.manifest.version, sha256: parent.sha256 } : null,
    mode: context.mode,
    createdAt: context.createdAt,
    specHash: context.specHash,
    codeVersion: context.codeVersion,
    libraries: context.libraries,
    parts: [...(kept?.parts ?? []), part],
    rows: (kept?.rows ?? 0) + part.rows,
    columns: mergeColumns(kept, profile),
  };
}

function holdsAlready(manifest: DatasetManifest, part: Part, mode: DatasetManifest['mode']): boolean {
  const held = manifest.parts.some(({ sha256 }) => sha256 === part.sha256);
  return held && (mode === 'append' || manifest.parts.length === 1);
}

function mergeColumns(
  kept: DatasetManifest | undefined,
  profile: PartProfile,
): Record<string, ColumnSummary> {
  const merged = Object.entries(profile.columns).map(([name, { distinct: _, ...column }]) => {
    const before = kept?.columns[name];
    // A column that is newer than the kept parts is null in all their rows.
    return [
      name,
      before ? mergeColumn(before, column) : { ...column, nulls: column.nulls + (kept?.rows ?? 0) },
    ] as const;
  });
  return Object.fromEntries(merged);
}

function mergeColumn(a: ColumnSummary, b: ColumnSummary): ColumnSummary {
  const min = ascending(a.min, b.min).at(0);
  const max = ascending(a.max, b.max).at(-1);
  return {
    nulls: a.nulls + b.nulls,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    // A side without levels had too many to list, and then so has the whole.
    ...(a.levels && b.levels && { levels: [...new Set([...a.levels, ...b.levels])].sort() }),
  };
}

// Both are numbers, or both ISO 8601 texts, which sort as the instants do.
function ascending(...values: (number | string | undefined)[]): (number | string)[] {
  return values.filter((value) => value !== undefined).sort((a, b) => (a < b ? -1 : 1));
}
