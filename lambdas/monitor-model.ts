import { canonicalJson } from '#core/data/canonical-json.ts';
import { type ColumnProfile, comparable, driftedPsi, watchedInputs, windowDrift } from '#core/drift/index.ts';
import { type DriftReport, driftReport, type Monitored } from '#core/drift/report.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import type { Signature } from '#core/serve/signature.ts';
import { durationSeconds } from '#core/spec/duration.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { driftPage } from '#lib/pages/drift-page.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import { readNewestPredictions } from '#lib/pipelines/read-predictions.ts';
import { metricOf } from './shared/metrics.ts';
import { MonitoringRun, parseInput } from './shared/payloads.ts';
import { once, registry, store, variable } from './shared/resources.ts';
import { ownSpec, readSpec } from './shared/specs.ts';

/** With what CloudWatch's PutMetricData takes. */
type Measured = Monitored & { readonly metrics: readonly object[] };

const spec = once(() => readSpec<ModelSpec>(ownSpec()));

/**
 * Compares the inputs of the last window's predictions with what the champion was trained on. The window ends as long
 * before `asOf` as the log takes to be delivered, so that each prediction is in one window. Where the log is large, of its
 * newest part: the report says from when.
 */
export const handler = async (event: unknown): Promise<Measured> => {
  const { model, asOf } = parseInput(MonitoringRun, event);
  const { monitor } = await spec();
  const to = Date.parse(asOf) - Number(variable('DELIVERY_SECONDS')) * 1000;
  const deployment = await registry().deployment(model);
  const metric = metricOf(model, asOf);
  const nothing = {
    rows: 0,
    psi: null,
    column: null,
    drifted: [],
    shifted: [],
    reportKey: null,
    pageKey: null,
  };
  const seen = (rows: number) => metric('MonitoredPredictions', rows);
  if (!deployment?.champion) return { ...nothing, metrics: seen(0) };
  const manifest = await readJson<ModelManifest>(store(), deployment.champion.manifest);
  const baseline = await readJson<{ columns: ColumnProfile[] }>(store(), manifest.files['baseline.json']);
  const signature = await readJson<Signature>(store(), manifest.files['signature.json']);
  const { compared, sensitive } = comparable(signature, baseline.columns);
  const window = { from: to - durationSeconds(monitor.every) * 1000, to };
  const { predictions, from } = await readNewestPredictions(store(), model, window);
  const inputs = watchedInputs(predictions, compared);
  if (inputs.length === 0) return { ...nothing, metrics: seen(0) };
  const judging = { threshold: monitor.psi, minRows: monitor.minRows };
  const drift = windowDrift(compared, inputs, judging);
  const report = driftReport(
    {
      model,
      version: deployment.champion.version,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      rows: inputs.length,
      ...judging,
      sensitive,
    },
    compared,
    drift,
  );
  const reportKey = `reports/${model}/drift/${asOf}.json`;
  await store().write(reportKey, canonicalJson(report), 'application/json');
  const page = await drawn(report);
  const pageKey = page && `reports/${model}/drift/${asOf}.html`;
  if (page && pageKey) await store().write(pageKey, page, 'text/html; charset=utf-8');
  // Too few rows say nothing: no metric, so no alarm.
  const judged = inputs.length >= monitor.minRows && drift.psi !== null;
  return {
    rows: inputs.length,
    psi: drift.psi,
    column: drift.column,
    drifted: drift.drifted,
    shifted: drift.shifted,
    reportKey,
    pageKey,
    metrics: [...seen(inputs.length), ...(judged ? metric('DriftPsi', driftedPsi(drift)) : [])],
  };
};

/** A picture that cannot be drawn must not keep an alarm from ringing. */
async function drawn(report: DriftReport): Promise<string | null> {
  try {
    return await driftPage(report);
  } catch (error) {
    const message = 'the drift report has no page';
    console.error(JSON.stringify({ level: 'ERROR', message, model: report.model, cause: String(error) }));
    return null;
  }
}
