import { columnDrift } from '../drift/column-drift.ts';
import type { ColumnProfile } from '../drift/profile.ts';
import { columnShares } from '../drift/report.ts';
import { total } from '../figures.ts';
import { latencyQuantile } from '../rollout/judge-latency.ts';
import type { Signature } from '../serve/signature.ts';
import type { ModelSpec } from '../spec/model.ts';
import type { VersionEvaluation } from '../training/evaluation.ts';
import { attentionOf } from './attention.ts';
import { attributedRows, meanAttribution } from './attribution.ts';
import { attributionDrift } from './attribution-drift.ts';
import { dataQuality } from './data-quality.ts';
import { estimatePerformance } from './estimate-performance.ts';
import { groupSelection } from './group-selection.ts';
import { inputDrift } from './input-drift.ts';
import type { InputDrift, WindowReport, WindowTruth } from './report.ts';
import { SAMPLE_ROWS, type WindowSummary } from './summary.ts';
import { SURE } from './sure.ts';
import { watchedMetric } from './watched-metric.ts';
import { columnWeights } from './weights.ts';

/** What is known of a window, of the version that it is held against, and of the model. */
export interface WindowToExamine {
  readonly spec: ModelSpec;
  readonly version: number;
  /** ISO 8601, UTC; included. */
  readonly from: string;
  /** Excluded. */
  readonly to: string;
  /** ISO 8601, UTC. */
  readonly asOf: string;
  readonly revision: number;
  readonly summary: WindowSummary;
  /** As `comparable` parts the version's baseline. */
  readonly compared: readonly ColumnProfile[];
  readonly sensitive: readonly string[];
  /** Of the version, as its evaluation. */
  readonly signature: Signature;
  readonly evaluation: VersionEvaluation;
  /** Of the window before; null where there is none. */
  readonly previous: WindowReport | null;
  /**
   * SHAP values of the sample's rows, or of those that can be scored, as `Predictor.contributions` gives them; null
   * where none can. Rows of which the log hides a column are none: what the model would make of them is not known.
   */
  readonly contributions: Float32Array | null;
}

/** Judges a window of predictions: everything but its truth, which comes later, see `withTruth`. */
export function examineWindow(input: WindowToExamine): WindowReport {
  const { spec, summary, compared, signature, evaluation, previous } = input;
  const { reference } = evaluation;
  const { psi: threshold, minRows, invalid } = spec.monitor;
  const { rows, scores, answers } = summary;
  const weights = columnWeights(signature, reference?.attribution);
  const judging = { threshold, minRows };
  const against = (baseline: readonly ColumnProfile[]) =>
    inputDrift(baseline, summary.columns, { ...judging, weights, sensitive: input.sensitive });
  return attended({
    format: 2,
    model: spec.name,
    version: input.version,
    from: input.from,
    to: input.to,
    revision: input.revision,
    asOf: input.asOf,
    rows,
    compared: summary.compared,
    minRows,
    inputs: against(compared),
    before: previous && comparedBefore(input, previous, against),
    predictions:
      reference && scores ? columnDrift(reference.scores, scores, { ...judging, confidence: SURE }) : null,
    predictionShares: reference && scores ? columnShares(reference.scores, scores) : null,
    attribution: attributionOf(input),
    quality: dataQuality(summary, compared, { minRows, threshold: invalid }),
    latencyMs:
      total(summary.latency) === 0
        ? null
        : {
            p50: latencyQuantile(summary.latency, 0.5),
            p99: latencyQuantile(summary.latency, 0.99),
          },
    estimate:
      (answers?.rows ?? 0) < minRows
        ? null
        : estimatePerformance(answers, watchedMetric(spec, evaluation).metric),
    groups: groupSelection(spec, signature, summary.groups),
    truth: null,
  });
}

/** The report with what is known of its truth, and what that calls attention to. */
export function withTruth(report: WindowReport, truth: WindowTruth | null): WindowReport {
  return attended({ ...report, truth });
}

function attended(report: Omit<WindowReport, 'attention'>): WindowReport {
  return { ...report, attention: attentionOf(report) };
}

function comparedBefore(
  { version }: WindowToExamine,
  previous: WindowReport,
  against: (baseline: readonly ColumnProfile[]) => InputDrift,
): WindowReport['before'] {
  // Another version's windows are over other bins.
  if (previous.version !== version || previous.compared === 0) return null;
  const inputs = against(previous.inputs.profiles.map(({ window }) => window));
  return { from: previous.from, to: previous.to, inputs };
}

function attributionOf({
  spec,
  evaluation: { reference },
  contributions,
  signature,
}: WindowToExamine): WindowReport['attribution'] {
  if (!reference || !contributions) return null;
  const features = signature.features.map(({ name }) => name);
  const outputs = signature.classes?.length ?? 1;
  const rows = attributedRows(features, outputs, contributions);
  // A sample of all that it holds is enough, however many rows a window needs.
  if (rows < Math.min(spec.monitor.minRows, SAMPLE_ROWS)) return null;
  return attributionDrift(reference.attribution, meanAttribution(features, outputs, contributions), rows);
}
