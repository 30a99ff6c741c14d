import { join } from 'node:path';
import { readTruthFile } from '#adapters/truth-file.ts';
import { truthColumns } from '#core/serve/check-truth.ts';
import { recordTruthFile, type TruthFileReport } from '#lib/pipelines/record-truth-file.ts';
import { ObjectCreated, parseInput } from './shared/payloads.ts';
import { incoming, once, variable } from './shared/resources.ts';
import { withScratch } from './shared/scratch.ts';
import { ownTruthRules, truthPorts } from './shared/truth.ts';

/** Keeps the truths of a dropped file, all of them or none, and a report that says which. */
export const handler = async (event: unknown): Promise<TruthFileReport | { ignored: string }> => {
  const { time: at, detail } = parseInput(ObjectCreated, event);
  const { key: source, size, 'version-id': versionId } = detail.object;
  const model = variable('MODEL');
  if (!source.startsWith(`truth/${model}/`) || source.endsWith('/')) {
    return { ignored: `not a file below truth/${model}/` };
  }
  const rules = await ownTruthRules();
  return withScratch(async (folder) => {
    const file = join(folder, 'drop');
    const download = once(() => incoming().download(source, file, versionId));
    const lines = async function* () {
      await download();
      yield* readTruthFile(file, truthColumns(rules));
    };
    return recordTruthFile(await truthPorts(), rules, {
      arrival: { model, at, source },
      versionId,
      size,
      lines,
    });
  });
};
