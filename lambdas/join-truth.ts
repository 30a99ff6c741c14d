import { canonicalJson } from '#core/data/canonical-json.ts';
import { type PerformanceDrop, performanceDrop, truthFigures } from '#core/monitor/window-figures.ts';
import { summariseTruth } from '#core/serve/summarise-truth.ts';
import { readOutcomes } from '#lib/pipelines/read-outcomes.ts';
import { reviseTruth } from '#lib/pipelines/revise-truth.ts';
import { drawWindow } from './shared/draw-window.ts';
import { metricsOf } from './shared/metrics.ts';
import { monitoringPorts } from './shared/monitoring.ts';
import { MonitoringRun, parseInput } from './shared/payloads.ts';
import { store, variable } from './shared/resources.ts';
import { ownModel } from './shared/truth.ts';

interface Joined {
  readonly rows: number;
  readonly joined: number;
  readonly reportKey: string;
  /** For CloudWatch's PutMetricData. */
  readonly metrics: readonly object[];
  /** What the newest window with truth shows of it, once. */
  readonly dropped?: PerformanceDrop;
}

const LOOK_BACK_MS = 30 * 86_400_000;

/**
 * Joins the predictions of the last 30 days, or of as many as can be read at once, with the truth that came until
 * `asOf`, and says how much of it is known and how good the versions were; windows that it changes are revised.
 */
export const handler = async (event: unknown): Promise<Joined> => {
  const run = parseInput(MonitoringRun, event);
  const { model, asOf } = run;
  const spec = await ownModel();
  const { task, truth } = spec;
  const now = Date.parse(asOf);
  const to = now - Number(variable('DELIVERY_SECONDS')) * 1000;
  const { predictions, joined, from } = await readOutcomes(store(), model, {
    from: to - LOOK_BACK_MS,
    to,
    asOf: now,
    within: truth.within,
  });
  const ports = { ...monitoringPorts(), draw: drawWindow };
  const newest = await reviseTruth(ports, { ...run, spec }, { outcomes: joined.outcomes, from });
  const dropped = newest?.asOf === asOf ? performanceDrop(newest) : undefined;
  const summary = summariseTruth(task, predictions, joined, now);
  const reportKey = `reports/${model}/truth/${asOf}.json`;
  const [first, last] = [from, to].map((instant) => new Date(instant).toISOString());
  const report = { format: 1, model, asOf, from: first, to: last, ...summary };
  await store().write(reportKey, canonicalJson(report), 'application/json');
  return {
    rows: summary.rows,
    joined: summary.joined,
    reportKey,
    metrics: metricsOf(run, {
      // Of a model that nobody tells the truth about, none is missing.
      TruthJoinRate: summary.delaySeconds && summary.joinRate,
      TruthDelaySeconds: summary.delaySeconds?.median,
      TruthConflicts: summary.conflicts,
      TruthUnknown: summary.unknown,
      ...(newest && truthFigures(newest)),
    }),
    ...(dropped && { dropped }),
  };
};
