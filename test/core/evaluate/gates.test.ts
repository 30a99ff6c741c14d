import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BinaryEvaluation } from '#core/evaluate/evaluate-binary.ts';
import { evaluateBinary } from '#core/evaluate/evaluate-binary.ts';
import { judgeGates } from '#core/evaluate/gates.ts';
import { type NonInferiority, nonInferiority } from '#core/evaluate/non-inferiority.ts';
import { type GatesInput, GatesSpec } from '#core/spec/gates.ts';
import { fromIssue } from '#core/spec/parse-spec.ts';

const labels = [0, 0, 1, 0, 1, 1, 0, 1];
const probabilities = [0.1, 0.3, 0.35, 0.4, 0.6, 0.7, 0.65, 0.9];
const evaluation = evaluateBinary(labels, probabilities);
const withAuc = (value: number | null): BinaryEvaluation => ({
  ...evaluation,
  metrics: { ...evaluation.metrics, auc: { value, low: 0.5, high: 0.9 } },
});
const judge = (gates: GatesInput, evidence: Parameters<typeof judgeGates>[1]) =>
  judgeGates(GatesSpec.parse(gates), evidence);

describe('metric gates', () => {
  it('say what is below a minimum', () => {
    expect(judge({ metrics: { auc: { min: 0.65 } } }, { evaluation: withAuc(0.612) })).toEqual({
      passed: false,
      checks: [
        {
          gate: 'metrics.auc.min',
          passed: false,
          value: 0.612,
          bound: 0.65,
          rule: 'auc >= 0.65',
          sentence: "auc 0.612 is below the gate's minimum 0.65",
        },
      ],
    });
  });

  it.each([
    ['above a minimum', { min: 0.6 }, 0.7, true, "auc 0.7 is above the gate's minimum 0.6"],
    ['exactly the minimum', { min: 0.7 }, 0.7, true, "auc 0.7 is exactly the gate's minimum 0.7"],
    ['below a maximum', { max: 0.8 }, 0.7, true, "auc 0.7 is below the gate's maximum 0.8"],
    ['above a maximum', { max: 0.6 }, 0.7, false, "auc 0.7 is above the gate's maximum 0.6"],
    ['a hair below', { min: 0.65 }, 0.6499999, false, "auc 0.6499999 is below the gate's minimum 0.65"],
    [
      'an end of the interval',
      { min: 0.6, use: 'low' as const },
      0.7,
      false,
      "auc (low end, 95 %) 0.5 is below the gate's minimum 0.6",
    ],
    [
      'undefined',
      { min: 0 },
      null,
      false,
      "auc is not defined on these rows: the gate's minimum 0 is not met",
    ],
    [
      'NaN',
      { max: 1 },
      Number.NaN,
      false,
      "auc is not defined on these rows: the gate's maximum 1 is not met",
    ],
  ])('judge a value that is %s', (_, gate, value, passed, sentence) => {
    const verdict = judge({ metrics: { auc: gate } }, { evaluation: withAuc(value) });
    expect(verdict.passed).toBe(passed);
    expect(verdict.checks[0]).toMatchObject({ passed, sentence });
  });

  it('fail on an evaluation that lacks the metric', () => {
    const { f1: _, ...metrics } = evaluation.metrics;
    const older = { ...evaluation, metrics } as unknown as BinaryEvaluation;
    expect(judge({ metrics: { f1: { min: 0 } } }, { evaluation: older })).toMatchObject({
      passed: false,
      checks: [{ value: null, passed: false }],
    });
  });

  it('pass together only when each passes', () => {
    const gate = fc.record({ min: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(gate, gate, (auc, brier) => {
        const verdict = judge({ metrics: { auc, brier } }, { evaluation });
        expect(verdict.checks.map(({ gate: name }) => name)).toEqual([
          'metrics.auc.min',
          'metrics.brier.min',
        ]);
        const [reached, other] = [evaluation.metrics.auc.value, evaluation.metrics.brier.value] as [
          number,
          number,
        ];
        expect(verdict.passed).toBe(reached >= auc.min && other >= brier.min);
      }),
    );
  });

  it('judge minimum and maximum apart', () => {
    const { checks } = judge({ metrics: { auc: { min: 0.6, max: 0.65 } } }, { evaluation: withAuc(0.7) });
    expect(checks.map(({ gate, passed }) => [gate, passed])).toEqual([
      ['metrics.auc.min', true],
      ['metrics.auc.max', false],
    ]);
  });

  it('of none pass', () => {
    expect(judge({}, { evaluation })).toEqual({ passed: true, checks: [] });
  });
});

describe('the champion gate', () => {
  const gates: GatesInput = { champion: { metric: 'brier', margin: 0.01 } };
  const compare = (challenger: number[], changes: Partial<NonInferiority> = {}): NonInferiority => ({
    ...nonInferiority({
      metric: 'brier',
      margin: 0.01,
      confidence: 0.95,
      labels,
      champion: probabilities,
      challenger,
    }),
    ...changes,
  });
  const flat = labels.map(() => 0.5);

  it('passes a challenger within the margin and says how close it is', () => {
    expect(judge(gates, { evaluation, nonInferiority: compare(probabilities) })).toEqual({
      passed: true,
      checks: [
        {
          gate: 'champion',
          passed: true,
          value: 0,
          bound: 0.01,
          rule: "brier worse than the champion's by <= 0.01 (95 % confidence)",
          sentence:
            "brier 0.1706 against the champion's 0.1706: worse by at most 0 (95 % confidence), within the margin 0.01",
        },
      ],
    });
  });

  it('says of a challenger that is surely better by how much at least', () => {
    const [check] = judge(gates, { evaluation, nonInferiority: compare(labels) }).checks;
    expect(check?.value).toBeLessThan(0);
    expect(check?.sentence).toMatch(
      /^brier 0 against the champion's 0.1706: better by at least 0\.\d+ \(95 %/,
    );
  });

  it('fails a challenger that may be worse by more', () => {
    const [check] = judge(gates, { evaluation, nonInferiority: compare(flat) }).checks;
    expect(check?.passed).toBe(false);
    expect(check?.value).toBeGreaterThan(0.01);
    expect(check?.sentence).toMatch(
      /^brier 0.25 against the champion's 0.1706: .* more than the margin 0.01$/,
    );
  });

  it('passes the first version, for there is no champion yet', () => {
    expect(judge(gates, { evaluation, nonInferiority: 'no-champion' })).toMatchObject({
      passed: true,
      checks: [{ value: null, sentence: 'there is no champion yet to compare with' }],
    });
  });

  it.each([
    ['no comparison was made', {}, "brier was not compared with the champion's"],
    [
      'another metric was compared',
      { nonInferiority: compare(probabilities, { metric: 'auc' }) },
      'the champion was compared by auc at confidence 0.95, not by brier at 0.95',
    ],
    [
      'the confidence was another',
      { nonInferiority: compare(probabilities, { confidence: 0.5 }) },
      'the champion was compared by brier at confidence 0.5, not by brier at 0.95',
    ],
    [
      'the rows do not allow a comparison',
      { nonInferiority: compare(probabilities, { bound: null }) },
      "brier cannot be compared with the champion's on these rows",
    ],
  ])('fails when %s', (_, evidence, sentence) => {
    expect(judge(gates, { evaluation, ...evidence })).toMatchObject({
      passed: false,
      checks: [{ passed: false, value: null, sentence }],
    });
  });

  it('goes by its own margin, not by the one that the comparison was made with', () => {
    const lenient = compare(flat, { margin: 1, holds: true });
    expect(judge(gates, { evaluation, nonInferiority: lenient }).passed).toBe(false);
  });
});

describe('gates in a spec', () => {
  const problemsOf = (gates: unknown) => {
    const parsed = GatesSpec.safeParse(gates, { reportInput: true });
    return parsed.success ? [] : parsed.error.issues.flatMap((issue) => fromIssue(issue));
  };

  it('have defaults: the value, 95 % confidence, nothing compared', () => {
    expect(GatesSpec.parse({})).toEqual({ metrics: {} });
    expect(
      GatesSpec.parse({ metrics: { auc: { min: 0.6 } }, champion: { metric: 'auc', margin: 0 } }),
    ).toEqual({
      metrics: { auc: { min: 0.6, use: 'value' } },
      champion: { metric: 'auc', margin: 0, confidence: 0.95 },
    });
  });

  it.each([
    ['a metric without bound', { metrics: { auc: {} } }, 'metrics.auc'],
    ['a minimum above the maximum', { metrics: { auc: { min: 0.7, max: 0.6 } } }, 'metrics.auc'],
    ['an unknown metric', { metrics: { acu: { min: 0.7 } } }, 'metrics.acu'],
    [
      'an interval of the calibration error, which has none',
      { metrics: { ece: { max: 0.1, use: 'high' } } },
      'metrics.ece.use',
    ],
    ['a negative margin', { champion: { metric: 'auc', margin: -1 } }, 'champion.margin'],
    ['a missing margin', { champion: { metric: 'auc' } }, 'champion.margin'],
    [
      'a confidence in percent',
      { champion: { metric: 'auc', margin: 0, confidence: 95 } },
      'champion.confidence',
    ],
    [
      'a confidence below a coin toss',
      { champion: { metric: 'auc', margin: 0, confidence: 0.4 } },
      'champion.confidence',
    ],
    ['an unknown field', { slices: [] }, 'slices'],
  ])('refuse %s by its field', (_, gates, field) => {
    expect(problemsOf(gates).map((problem) => problem.field)).toEqual([field]);
  });

  it('accept exactly the metrics that an evaluation has', () => {
    const metrics = Object.fromEntries(Object.keys(evaluation.metrics).map((metric) => [metric, { min: 0 }]));
    expect(Object.keys(GatesSpec.parse({ metrics }).metrics).sort()).toEqual(
      Object.keys(evaluation.metrics).sort(),
    );
  });
});
