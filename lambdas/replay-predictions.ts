import { z } from 'zod';
import { Instant } from '#core/api/instant.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { Name } from '#core/spec/parse-spec.ts';
import { replayReportKey } from '#lib/pipelines/control-replays.ts';
import { replayPredictions } from '#lib/pipelines/replay-predictions.ts';
import { parseInput } from './shared/payloads.ts';
import { openPredictor } from './shared/predictors.ts';
import { registry, store } from './shared/resources.ts';

const Replay = z.object({
  replayId: z.string(),
  model: Name,
  version: z.number(),
  from: Instant,
  to: Instant,
  by: z.string(),
  reason: z.string(),
  asOf: Instant,
});

/** Scores logged traffic with a version and leaves a report of what would have changed. */
export const handler = async (event: unknown): Promise<{ reportKey: string; rows: number }> => {
  const request = parseInput(Replay, event);
  const ports = { store: store(), registry: registry(), load: openPredictor };
  const report = await replayPredictions(ports, request);
  const reportKey = replayReportKey(request.model, request.replayId);
  await store().write(reportKey, canonicalJson(report), 'application/json');
  return { reportKey, rows: report.rows };
};
