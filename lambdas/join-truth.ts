import { canonicalJson } from '#core/data/canonical-json.ts';
import { summariseTruth } from '#core/serve/summarise-truth.ts';
import { readOutcomes } from '#lib/pipelines/read-outcomes.ts';
import { metricOf } from './shared/metrics.ts';
import { MonitoringRun, parseInput } from './shared/payloads.ts';
import { store, variable } from './shared/resources.ts';
import { ownModel } from './shared/truth.ts';

interface Joined {
  readonly rows: number;
  readonly joined: number;
  readonly reportKey: string;
  /** For CloudWatch's PutMetricData. */
  readonly metrics: readonly object[];
}

const LOOK_BACK_MS = 30 * 86_400_000;

/**
 * Joins the predictions of the last 30 days, or of as many as can be read at once, with the truth that came until
 * `asOf`, and says how much of it is known and how good the versions were.
 */
export const handler = async (event: unknown): Promise<Joined> => {
  const { model, asOf } = parseInput(MonitoringRun, event);
  const { task, truth } = await ownModel();
  const now = Date.parse(asOf);
  const to = now - Number(variable('DELIVERY_SECONDS')) * 1000;
  const { predictions, joined, from } = await readOutcomes(store(), model, {
    from: to - LOOK_BACK_MS,
    to,
    asOf: now,
    within: truth.within,
  });
  const summary = summariseTruth(task, predictions, joined, now);
  const reportKey = `reports/${model}/truth/${asOf}.json`;
  const [first, last] = [from, to].map((instant) => new Date(instant).toISOString());
  const report = { format: 1, model, asOf, from: first, to: last, ...summary };
  await store().write(reportKey, canonicalJson(report), 'application/json');
  const metric = metricOf(model, asOf);
  return {
    rows: summary.rows,
    joined: summary.joined,
    reportKey,
    metrics: [
      ...metric('TruthJoinRate', summary.joinRate),
      ...metric('TruthDelaySeconds', summary.delaySeconds?.median),
      ...metric('TruthConflicts', summary.conflicts),
      ...metric('TruthUnknown', summary.unknown),
    ],
  };
};
