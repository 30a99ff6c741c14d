import { join } from 'node:path';
import { childValidator } from '#adapters/duckdb/validate-in-child.ts';
import { type Part, partKey } from '#core/data/manifest.ts';
import { type PartProfile, type Problem, problem, type Warning } from '#core/data/report.ts';
import type { DatasetSpec } from '#core/spec/dataset.ts';
import { readManifest } from '#lib/pipelines/commit-dataset-version.ts';
import { Drop, parseInput } from './shared/payloads.ts';
import { incoming, once, registry, store, variable } from './shared/resources.ts';
import { withScratch } from './shared/scratch.ts';
import { ownSpec, readSpec } from './shared/specs.ts';

/** Larger drops are refused before they are copied: the function's disk must hold the file and its part. */
const MAX_BYTES = 1.5 * 2 ** 30;
/** A report travels between states, which hold 256 KB. */
const MAX_PROBLEMS = 100;
const MEMORY_MB = 2048;
/** Less than a user waits for a verdict. */
const SECONDS = 15;

const datasets = once(() => readSpec<DatasetSpec[]>(ownSpec()));
const validator = once(() =>
  childValidator({ entry: join(__dirname, 'validate-child.js'), memoryMb: MEMORY_MB, seconds: SECONDS }),
);

export type Validated =
  | {
      readonly accepted: true;
      readonly part: Part;
      readonly profile: PartProfile;
      readonly warnings: readonly Warning[];
      readonly engine: string;
    }
  | { readonly accepted: false; readonly report: { rows: number | null; problems: readonly Problem[] } };

/** Judges a drop by its dataset's rules; an accepted one is stored as a part, which no version names yet. */
export const handler = async (event: unknown): Promise<Validated> => {
  const drop = parseInput(Drop, event);
  const specs = await datasets();
  const dataset = specs.find(({ name }) => name === drop.dataset);
  if (!dataset) {
    return reject('dataset', `a folder named as a dataset: ${specs.map(({ name }) => name).join(', ')}`);
  }
  if (drop.size > MAX_BYTES)
    return reject('readable', `a file of at most ${MAX_BYTES} bytes, got ${drop.size}`);
  return withScratch(async (folder) => {
    const [file, partFile] = [join(folder, 'drop'), join(folder, 'part.parquet')];
    const source = await incoming().download(drop.key, file, drop.versionId);
    const knownLevels = await levelsOf(dataset);
    const result = await validator().validate({
      file,
      part: partFile,
      dataset,
      ...(knownLevels && { knownLevels }),
    });
    if (!result.accepted) {
      return {
        accepted: false,
        report: { rows: result.rows, problems: result.problems.slice(0, MAX_PROBLEMS) },
      };
    }
    const stored = await store().upload(
      partFile,
      partKey(dataset.name, result.part.sha256),
      'application/vnd.apache.parquet',
    );
    const part: Part = {
      key: stored.key,
      sha256: stored.sha256,
      size: stored.size,
      s3VersionId: stored.versionId,
      rows: result.rows,
      source: { bucket: variable('INCOMING_BUCKET'), key: drop.key, ...source },
      ...(result.profile.timeRange && { timeRange: result.profile.timeRange }),
    };
    return {
      accepted: true,
      part,
      profile: result.profile,
      warnings: result.warnings,
      engine: result.engine,
    };
  });
};

function reject(rule: 'dataset' | 'readable', expected: string): Validated {
  return { accepted: false, report: { rows: null, problems: [problem(rule, expected)] } };
}

/** The learned levels that the newest version has seen. */
async function levelsOf(dataset: DatasetSpec): Promise<Record<string, readonly string[]> | undefined> {
  const latest = await registry().latestDatasetVersion(dataset.name);
  if (!latest) return undefined;
  const { columns } = await readManifest(store(), latest.manifest);
  return Object.fromEntries(
    Object.entries(columns).flatMap(([name, { levels }]) => (levels ? [[name, levels] as const] : [])),
  );
}
