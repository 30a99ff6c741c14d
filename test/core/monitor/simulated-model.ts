import type { ColumnProfile } from '#core/drift/profile.ts';
import { evenlySpaced } from '#core/evaluate/evenly-spaced.ts';
import { evaluate } from '#core/evaluate/index.ts';
import type { Row } from '#core/expression/index.ts';
import { meanAttribution } from '#core/monitor/attribution.ts';
import { examineWindow, withTruth } from '#core/monitor/examine-window.ts';
import { groupReadings } from '#core/monitor/group-selection.ts';
import { monitoringReference } from '#core/monitor/reference.ts';
import type { WindowReport } from '#core/monitor/report.ts';
import { summarise } from '#core/monitor/summary.ts';
import { windowTruth } from '#core/monitor/window-truth.ts';
import type { Random } from '#core/random/seeded-random.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import { number, text, timestamp } from '#core/spec/column.ts';
import { defineDataset } from '#core/spec/dataset.ts';
import { categorical, defineModel, type ModelSpec } from '#core/spec/model.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import { type Columns, KINDS } from '#test/core/drift/simulated-windows.ts';
import { soundEvaluation } from '#test/core/evaluate/sound-evaluation.ts';

/** Rows that a version is judged on. */
export const TEST_ROWS = 2000;
const NAMES = KINDS.map((_, column) => `c${column}`);
const isText = (column: number) => KINDS[column] !== 'number';

const rows = defineDataset({
  name: 'rows',
  time: 'at',
  columns: {
    at: timestamp(),
    happened: number({ nullable: true }),
    ...Object.fromEntries(
      NAMES.map((name, column) => [
        name,
        isText(column) ? text({ nullable: true }) : number({ nullable: true }),
      ]),
    ),
  },
});

/** A binary model over the twenty columns of the simulated windows. */
export const simulatedSpec = defineModel({
  name: 'simulated',
  task: 'binary',
  from: rows,
  label: 'happened > 0',
  available: { happened: 'after' },
  features: Object.fromEntries(
    NAMES.map((name, column) => [name, isText(column) ? categorical(name) : name]),
  ),
  gates: { fairness: ['c12'] },
});
export const simulatedSignature = signatureOf(simulatedSpec, {});

/** How far a column moves the margin; every fourth does not, so that nobody is treated otherwise by `c12`. */
const reach = (column: number) => (column > 0 && column % 4 === 0 ? 0 : 1 / (1 + column / 2));

/** What a value adds to the margin. */
function effect(column: number, value: number | null): number {
  if (value === null) return 0;
  const place = isText(column) ? ((value * 7) % 11) / 5 - 1 : Math.tanh(value / (column === 1 ? 1000 : 2));
  return reach(column) * place;
}

interface Scored {
  readonly probabilities: readonly number[];
  /** rows x (columns + 1), as `Predictor.contributions` gives them. */
  readonly contributions: (row: number) => number[];
}

/** Columns as their model scores them: additive, so that its SHAP values are known. */
function score(columns: Columns, means: readonly number[]): Scored {
  const count = columns[0]?.length ?? 0;
  const parts = (row: number) =>
    columns.map((values, column) => effect(column, values[row] as number | null) - (means[column] as number));
  return {
    probabilities: Array.from({ length: count }, (_, row) => {
      return 1 / (1 + Math.exp(1 - parts(row).reduce((sum, part) => sum + part, 0)));
    }),
    contributions: (row) => [...parts(row), -1],
  };
}

/** A version of the model: what it was judged by, on rows of its own. */
export interface SimulatedVersion {
  readonly means: readonly number[];
  readonly compared: readonly ColumnProfile[];
  readonly evaluation: VersionEvaluation;
}

/** @param test rows as the version was judged on, newer than those of `compared` */
export function simulateVersion(
  random: Random,
  compared: readonly ColumnProfile[],
  test: Columns,
): SimulatedVersion {
  const means = test.map((values, column) => mean(values.map((value) => effect(column, value))));
  const { probabilities, contributions } = score(test, means);
  const labels = probabilities.map((probability) => Number(random.uniform() < probability));
  const attributed = evenlySpaced(probabilities.length, 1000).flatMap(contributions);
  const reference = monitoringReference(
    simulatedSignature,
    labels,
    probabilities,
    meanAttribution(NAMES, 1, Float32Array.from(attributed)),
  );
  const judged = evaluate('binary', labels, probabilities, { threshold: 0.5 });
  return { means, compared, evaluation: soundEvaluation({ test: judged, reference }) };
}

/** The report on a window of rows, with the truth of all of them: as probable as the version says. */
export function examineSimulated(
  random: Random,
  { means, compared, evaluation }: SimulatedVersion,
  window: Columns,
  spec: ModelSpec = simulatedSpec,
  previous: WindowReport | null = null,
): WindowReport {
  const { probabilities, contributions } = score(window, means);
  const logged = probabilities.map((probability, row): LoggedPrediction => {
    const inputs = Object.fromEntries(
      window.map((values, column) => [
        NAMES[column] as string,
        inputOf(column, values[row] as number | null),
      ]),
    ) as Row;
    return {
      id: `${row}#0`,
      model: 'simulated',
      version: 1,
      variant: 'champion',
      latencyMs: 1,
      at: '2026-01-01T00:00:00.000Z',
      key: {},
      inputs,
      probability,
      margin: 0,
      positive: probability >= 0.5,
    };
  });
  const places = new Map<Row, number>(logged.map(({ inputs }, row) => [inputs, row]));
  const summary = summarise(logged, {
    version: 1,
    compared,
    columns: simulatedSignature.inputs,
    scores: evaluation.reference?.scores,
    threshold: evaluation.decision.threshold,
    groups: groupReadings(spec, simulatedSignature, evaluation),
    hash: (id) => Math.imul(Number.parseInt(id, 10) + 1, 2654435761) >>> 0,
  });
  const sampled = summary.sample.flatMap(({ inputs }) => contributions(places.get(inputs) as number));
  const report = examineWindow({
    spec,
    version: 1,
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-01T01:00:00.000Z',
    asOf: '2026-01-01T01:10:00.000Z',
    revision: 1,
    summary,
    compared,
    sensitive: [],
    signature: simulatedSignature,
    evaluation,
    previous,
    contributions: Float32Array.from(sampled),
  });
  return withTruth(
    report,
    windowTruth({
      outcomes: logged.map((prediction, row) => ({
        prediction,
        actual: random.uniform() < (probabilities[row] as number),
        at: prediction.at,
      })),
      asOf: '2026-02-01T00:00:00.000Z',
      version: 1,
      spec,
      signature: simulatedSignature,
      evaluation,
    }),
  );
}

const inputOf = (column: number, value: number | null) =>
  value === null || !isText(column) ? value : String(value);

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
