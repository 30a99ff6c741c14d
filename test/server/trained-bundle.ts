import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '#adapters/hash.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import { bundleFiles, MODEL_FILE } from '#core/registry/bundle.ts';
import { compileEncoder } from '#core/serve/encode-rows.ts';
import { parseRows } from '#core/serve/parse-rows.ts';
import { SingleAlgorithm, xgboost } from '#core/spec/algorithm.ts';
import { fitModel } from '#lib/pipelines/fit-model.ts';
import { decision, signature } from '#test/support/bundle.ts';
import { engines } from '#test/support/learnable-rows.ts';

export { signature };

/** A row of the trips model as a caller sends it. */
export type TripRow = Readonly<Record<string, unknown>>;

/** Rows that the trips model takes, the same every time; some without what they may leave out. */
export function tripRows(count: number, seed = 'trips'): TripRow[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    at: new Date(Date.UTC(2013, 0, 1, index)).toISOString(),
    city: random.integer(0, 1) === 0 ? 'north' : 'south',
    kind: index % 7 === 0 ? null : 'day',
    km: index % 10 === 0 ? null : Math.round(random.uniform() * 1e6) / 1e4,
    express: index % 3 === 0,
    mm: index % 5 === 0 ? null : random.uniform(),
  }));
}

/**
 * A trained version in a folder, as SageMaker unpacks it.
 * @returns the folder, and the hash of its manifest
 */
export async function trainedBundle(
  input: Parameters<typeof SingleAlgorithm.parse>[0] = xgboost({ rounds: 5 }),
): Promise<{ folder: string; manifestSha256: string; remove: () => Promise<void> }> {
  const rows = parseRows(signature, { rows: tripRows(400) });
  const values = compileEncoder(signature).encode(rows);
  const labels = Float32Array.from(rows, ({ km, city }) => (Number(km) > 50 !== (city === 'north') ? 1 : 0));
  const algorithm = SingleAlgorithm.parse(input);
  const train = { rows: rows.length, values, labels };
  const { engine, model } = await fitModel(engines.trainer, {
    algorithm,
    signature,
    metric: 'logLoss',
    train,
    rounds: 5,
    threads: 1,
  });
  const folder = await mkdtemp(join(tmpdir(), 'leeboard-bundle-'));
  const content: Record<string, string | Uint8Array> = {
    [MODEL_FILE[engine]]: model,
    'signature.json': JSON.stringify(signature),
    'decision.json': JSON.stringify(decision),
  };
  const files = await Promise.all(
    bundleFiles(engine).map(async (name) => {
      const body = content[name] ?? '{}';
      await writeFile(join(folder, name), body);
      const key = `models/trips-late/versions/000003/${name}`;
      return [name, { key, versionId: '1', size: body.length, sha256: sha256(body) }] as const;
    }),
  );
  const manifest = JSON.stringify({
    format: 1,
    model: 'trips-late',
    version: 3,
    engine,
    files: Object.fromEntries(files),
  });
  await writeFile(join(folder, 'manifest.json'), manifest);
  return {
    folder,
    manifestSha256: sha256(manifest),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
