import { join } from 'node:path';
import { z } from 'zod';
import { Name } from '#core/spec/parse-spec.ts';
import { Drop, parseInput } from './shared/payloads.ts';
import { incoming, registry, store, variable } from './shared/resources.ts';
import { withScratch } from './shared/scratch.ts';

const Input = z.object({
  drop: Drop,
  report: z.object({ rows: z.number().nullable(), problems: z.array(z.looseObject({ rule: z.string() })) }),
});

/** Keeps a refused drop beside the report of what is wrong with it; nothing of it enters a dataset. */
export const handler = async (event: unknown): Promise<{ reportKey: string; rules: string[] }> => {
  const { drop, report } = parseInput(Input, event);
  // The folder is the producer's word: only a name of ours becomes part of a key.
  const dataset = Name.safeParse(drop.dataset).success ? drop.dataset : 'unknown';
  const prefix = `quarantine/${dataset}/${drop.runId}`;
  const source = `s3://${variable('INCOMING_BUCKET')}/${drop.key}?versionId=${drop.versionId}`;
  await withScratch(async (folder) => {
    const file = join(folder, 'drop');
    await incoming().download(drop.key, file, drop.versionId);
    await store().upload(file, `${prefix}/file`);
  });
  const reportKey = `${prefix}/report.json`;
  const document = { format: 1, dataset, source, rejectedAt: drop.asOf, ...report };
  await store().write(reportKey, JSON.stringify(document, null, 2), 'application/json');
  const rules = [...new Set(report.problems.map(({ rule }) => rule))];
  await registry().recordRejection({
    dataset,
    id: drop.runId,
    rejectedAt: drop.asOf,
    source,
    rules,
    reportKey,
  });
  return { reportKey, rules };
};
