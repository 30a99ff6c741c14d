import { z } from 'zod';
import { sha256 } from '#adapters/hash.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import type { Part } from '#core/data/manifest.ts';
import type { PartProfile } from '#core/data/report.ts';
import { NotFoundError } from '#core/errors.ts';
import type { DatasetSpec } from '#core/spec/dataset.ts';
import { type Commit, commitDatasetVersion } from '#lib/pipelines/commit-dataset-version.ts';
import { Drop, parseInput } from './shared/payloads.ts';
import { once, registry, store, variable } from './shared/resources.ts';
import { ownSpec, readSpec } from './shared/specs.ts';

const Input = z.object({
  drop: Drop,
  validated: z.object({ part: z.custom<Part>(), profile: z.custom<PartProfile>(), engine: z.string() }),
});

const datasets = once(() => readSpec<DatasetSpec[]>(ownSpec()));

/** Makes an accepted part the next dataset version. @throws ConflictError when others were first too often */
export const handler = async (event: unknown): Promise<Commit> => {
  const { drop, validated } = parseInput(Input, event);
  const dataset = (await datasets()).find(({ name }) => name === drop.dataset);
  if (!dataset) throw new NotFoundError(`no dataset named ${drop.dataset}`);
  return commitDatasetVersion(store(), registry(), {
    part: validated.part,
    profile: validated.profile,
    context: {
      dataset: dataset.name,
      mode: dataset.mode,
      createdAt: drop.asOf,
      specHash: sha256(canonicalJson(dataset)),
      codeVersion: variable('CODE_VERSION'),
      libraries: { duckdb: validated.engine },
    },
  });
};
