import { describe, expect, it } from 'vitest';
import { examineWindow, type WindowToExamine, withTruth } from '#core/monitor/examine-window.ts';
import { summarise } from '#core/monitor/summary.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import { baselineOf, drawColumns, drawWindows } from '#test/core/drift/simulated-windows.ts';
import { prediction } from '../serve/truths.ts';
import {
  examineSimulated,
  simulatedSignature,
  simulatedSpec,
  simulateVersion,
  TEST_ROWS,
} from './simulated-model.ts';

const random = seededRandom('examine');
const baseline = drawColumns(random, 5000);
const version = simulateVersion(random, baselineOf(baseline), drawColumns(random, TEST_ROWS));
const window = (
  rows: number,
  change: (column: number, value: number | null) => number | null = (_, v) => v,
) => drawColumns(random, rows).map((values, column) => values.map((value) => change(column, value)));
const examined = (...[rows, change]: Parameters<typeof window>) =>
  examineSimulated(random, version, window(rows, change));

/** A window that was answered, with nothing in it that was compared. */
const empty = (changes: Partial<WindowToExamine> = {}, rows: readonly LoggedPrediction[] = []) =>
  examineWindow({
    spec: simulatedSpec,
    version: 1,
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-01T01:00:00.000Z',
    asOf: '2026-01-01T01:10:00.000Z',
    revision: 3,
    summary: summarise(rows, {
      version: 1,
      compared: version.compared,
      columns: simulatedSignature.inputs,
      scores: version.evaluation.reference?.scores,
      threshold: 0.5,
      groups: [],
      hash: () => 0,
    }),
    compared: version.compared,
    sensitive: ['secret'],
    signature: simulatedSignature,
    evaluation: version.evaluation,
    previous: null,
    contributions: null,
    ...changes,
  });

describe('a window of predictions', () => {
  it('in which nothing changed needs nobody, and has everything in its report', () => {
    const report = examined(1000);
    expect(report.attention).toEqual([]);
    expect(report).toMatchObject({ format: 2, rows: 1000, compared: 1000, minRows: 200, before: null });
    expect(report.inputs.columns.reduce((sum, { weight }) => sum + (weight ?? 0), 0)).toBeCloseTo(1, 12);
    expect(report.predictions).toMatchObject({ column: 'prediction', drifted: false, rows: 1000 });
    expect(report.predictionShares?.baseline.rows).toBe(TEST_ROWS);
    expect(report.attribution?.ndcg).toBeGreaterThan(0.99);
    expect(report.attribution?.rows).toBe(1000);
    expect(report.estimate).toMatchObject({ watched: 'auc', rows: 1000 });
    expect(report.groups).toMatchObject([{ by: 'c12', missing: [], rows: 1000 }]);
    expect(report.quality).toEqual({ violations: 0, threshold: 0.05, columns: [], missing: [] });
    expect(report.latencyMs?.p50).toBeGreaterThan(0);
    expect(report.truth?.rows).toBe(1000);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('has an estimate that is about what came true, as its probabilities are right', () => {
    const { estimate, truth } = examined(4000);
    const auc = truth?.metrics.auc;
    expect(estimate?.metrics.auc).toBeGreaterThan(auc?.low ?? 1);
    expect(estimate?.metrics.auc).toBeLessThan(auc?.high ?? 0);
  });

  it('wakes somebody by a column that the model relies on', () => {
    const report = examined(1000, (column, value) => (column === 0 && value !== null ? value + 3 : value));
    const drift = report.attention.find(({ cause }) => cause === 'drift');
    expect(drift?.text).toMatch(/^c0 has drifted: PSI .* relies on it for \d/);
    expect(report.inputs.alarmPsi).toBeGreaterThan(0.2);
  });

  it('wakes nobody by a column that the model does not look at, and reports it', () => {
    const report = examined(1000, (column, value) => (column === 4 && value !== null ? value + 30 : value));
    expect(report.inputs).toMatchObject({ drifted: ['c4'], light: ['c4'], alarmPsi: 0 });
    expect(report.inputs.psi).toBeGreaterThan(1);
    expect(report.attention).toEqual([]);
  });

  it('says that answers drift, and that the model relies on other features', () => {
    // The most important column says nothing any more, and a light one has become extreme.
    const report = examined(1000, (column, value) => (column === 0 ? 0 : column === 9 ? 1e6 : value));
    expect(report.predictions).toMatchObject({ drifted: true });
    expect(report.attribution?.ndcg).toBeLessThan(0.9);
    const causes = report.attention.map(({ cause }) => cause);
    expect(causes).toEqual(expect.arrayContaining(['drift', 'prediction-drift', 'attribution']));
  });

  it('is told of the rest where the version has no reference', () => {
    const { reference: _, ...older } = version.evaluation;
    const report = examineSimulated(random, { ...version, evaluation: older }, window(1000));
    expect(report).toMatchObject({ predictions: null, predictionShares: null, attribution: null });
    expect(report.inputs.columns.map(({ weight }) => weight)).toEqual(version.compared.map(() => null));
    expect(report.estimate).not.toBeNull();
    expect(report.truth).toMatchObject({ labels: null });
  });

  it('of too few rows is reported, and judged in nothing', () => {
    const report = examined(199, (_, value) => (value === null ? null : value + 30));
    expect(report.inputs).toMatchObject({ alarmPsi: null, drifted: [], shifted: [] });
    expect(report).toMatchObject({ attribution: null, estimate: null, attention: [] });
    expect(report.predictions?.verdict).not.toBe('drifted');
  });

  it('of as many rows as a sample has is judged, however many a window needs', () => {
    const spec = { ...simulatedSpec, monitor: { ...simulatedSpec.monitor, minRows: 5000 } };
    const report = examineSimulated(random, version, window(6000), spec);
    expect(report.attribution?.rows).toBe(1000);
    const few = examineSimulated(random, version, window(1000), spec);
    expect(few.attribution?.rows).toBe(1000);
    expect(few.estimate).toBeNull();
  });

  it('has its estimate and its groups of all rows, however many a sample has', () => {
    const report = examined(6000);
    expect(report.estimate?.rows).toBe(6000);
    expect(report.groups).toMatchObject([{ by: 'c12', rows: 6000 }]);
    expect(report.groups[0]?.groups.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(5000);
  });

  it('without a row is one, too', () => {
    const report = empty();
    expect(report).toMatchObject({ rows: 0, revision: 3, latencyMs: null, attention: [], truth: null });
    expect(report.inputs).toMatchObject({ alarmPsi: null, overall: null, sensitive: ['secret'] });
    const other = empty({}, [prediction(0, { inputs: {} })]);
    expect(other).toMatchObject({ rows: 1, compared: 0, latencyMs: { p50: expect.any(Number) } });
  });

  it('is compared with the window before, over the same version’s bins only', () => {
    const before = examined(1000);
    const report = examineSimulated(random, version, window(1000), simulatedSpec, before);
    expect(report.before).toMatchObject({ from: before.from, to: before.to });
    expect(report.before?.inputs).toMatchObject({ drifted: [], alarmPsi: 0 });
    const moved = window(1000, (column, value) => (column === 0 && value !== null ? value + 3 : value));
    const again = examineSimulated(random, version, moved, simulatedSpec, before);
    expect(again.before?.inputs.drifted).toEqual(['c0']);
    const other = { ...before, version: 2 };
    expect(examineSimulated(random, version, moved, simulatedSpec, other).before).toBeNull();
    expect(examineSimulated(random, version, moved, simulatedSpec, empty()).before).toBeNull();
  });
});

it('a report takes its truth, and loses it, with what that calls attention to', () => {
  const report = examined(1000);
  const truth = report.truth as NonNullable<typeof report.truth>;
  const watched = { ...(truth.watched as NonNullable<typeof truth.watched>), drop: 0.1 };
  const worse = withTruth(report, { ...truth, watched });
  expect(worse.attention.map(({ cause }) => cause)).toEqual(['performance']);
  expect(withTruth(worse, null)).toEqual({ ...report, truth: null });
});

/** The promise of `npm run bench:drift-alarms`, on a part of its windows and over all that is watched. */
it.each([200, 1000])('windows of %i rows in which nothing changed rarely need anybody', (rows) => {
  const draws = seededRandom(`windows of ${rows}`);
  let called = 0;
  for (const { baseline: trained, windows } of drawWindows(100, rows)) {
    const fresh = simulateVersion(draws, baselineOf(trained), drawColumns(draws, TEST_ROWS));
    for (const each of windows) called += examineSimulated(draws, fresh, each).attention.length > 0 ? 1 : 0;
  }
  expect(called).toBeLessThanOrEqual(5);
});
