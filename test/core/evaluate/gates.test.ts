import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeGates } from '#core/evaluate/gates.ts';
import { type BinaryEvaluation, evaluateBinary } from '#core/evaluate/index.ts';
import { type NonInferiority, nonInferiority } from '#core/evaluate/non-inferiority.ts';
import { type GatesInput, GatesSpec } from '#core/spec/gates.ts';
import { fromIssue } from '#core/spec/parse-spec.ts';
import { METRICS } from '#core/spec/task.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import { checksOf, soundEvaluation } from './sound-evaluation.ts';

const labels = [0, 0, 1, 0, 1, 1, 0, 1];
const probabilities = [0.1, 0.3, 0.35, 0.4, 0.6, 0.7, 0.65, 0.9];
const evaluation = evaluateBinary(labels, probabilities);
const withAuc = (value: number | null): BinaryEvaluation => ({
  ...evaluation,
  metrics: { ...evaluation.metrics, auc: { value, low: 0.5, high: 0.9 } },
});
const metricChecks = (gates: GatesInput, test: BinaryEvaluation) => checksOf('metrics', gates, { test });

describe('metric gates', () => {
  it('say what is below a minimum', () => {
    expect(metricChecks({ metrics: { auc: { min: 0.65 } } }, withAuc(0.612))).toEqual([
      {
        gate: 'metrics.auc.min',
        passed: false,
        value: 0.612,
        bound: 0.65,
        rule: 'auc >= 0.65',
        sentence: "AUC 0.612 is below the gate's minimum 0.65",
      },
    ]);
  });

  it.each([
    ['above a minimum', { min: 0.6 }, 0.7, true, "AUC 0.7 is above the gate's minimum 0.6"],
    ['exactly the minimum', { min: 0.7 }, 0.7, true, "AUC 0.7 is exactly the gate's minimum 0.7"],
    ['below a maximum', { max: 0.8 }, 0.7, true, "AUC 0.7 is below the gate's maximum 0.8"],
    ['above a maximum', { max: 0.6 }, 0.7, false, "AUC 0.7 is above the gate's maximum 0.6"],
    ['a hair below', { min: 0.65 }, 0.6499999, false, "AUC 0.6499999 is below the gate's minimum 0.65"],
    [
      'an end of the interval',
      { min: 0.6, use: 'low' as const },
      0.7,
      false,
      "AUC (low end, 95 %) 0.5 is below the gate's minimum 0.6",
    ],
    [
      'undefined',
      { min: 0 },
      null,
      false,
      "AUC is not defined on these rows: the gate's minimum 0 is not met",
    ],
    [
      'NaN',
      { max: 1 },
      Number.NaN,
      false,
      "AUC is not defined on these rows: the gate's maximum 1 is not met",
    ],
  ])('judge a value that is %s', (_, gate, value, passed, sentence) => {
    const [check] = metricChecks({ metrics: { auc: gate } }, withAuc(value));
    expect(check).toMatchObject({ passed, sentence });
  });

  it('fail on an evaluation that lacks the metric', () => {
    const { f1: _, ...metrics } = evaluation.metrics;
    const older = { ...evaluation, metrics } as unknown as BinaryEvaluation;
    expect(metricChecks({ metrics: { f1: { min: 0 } } }, older)).toMatchObject([
      { value: null, passed: false },
    ]);
  });

  it('pass together only when each passes', () => {
    const gate = fc.record({ min: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(gate, gate, (auc, brier) => {
        const gates = GatesSpec.parse({ metrics: { auc, brier } });
        const verdict = judgeGates(gates, soundEvaluation({ test: evaluation }));
        expect(verdict.checks.slice(0, 2).map(({ gate: name }) => name)).toEqual([
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
    const checks = metricChecks({ metrics: { auc: { min: 0.6, max: 0.65 } } }, withAuc(0.7));
    expect(checks.map(({ gate, passed }) => [gate, passed])).toEqual([
      ['metrics.auc.min', true],
      ['metrics.auc.max', false],
    ]);
  });

  it('have names that people use', () => {
    const [check] = metricChecks({ metrics: { logLoss: { max: 0 } } }, evaluation);
    expect(check?.sentence).toMatch(/^log loss 0\.\d+ is above the gate's maximum 0$/);
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
  const judge = (nonInferior: NonInferiority | null, missing: string[] = []) =>
    checksOf('champion', gates, { champion: { version: 3, nonInferiority: nonInferior, missing } });

  it('passes a challenger within the margin and says how close it is', () => {
    expect(judge(compare(probabilities))).toEqual([
      {
        gate: 'champion',
        passed: true,
        value: 0,
        bound: 0.01,
        rule: "brier worse than the champion's by <= 0.01 (95 % confidence)",
        sentence:
          "Brier score 0.1706 against the champion's 0.1706: worse by at most 0 (95 % confidence), within the margin 0.01",
      },
    ]);
  });

  it('says of a challenger that is surely better by how much at least', () => {
    const [check] = judge(compare(labels));
    expect(check?.value).toBeLessThan(0);
    expect(check?.sentence).toMatch(
      /^Brier score 0 against the champion's 0.1706: better by at least 0\.\d+ \(95 %/,
    );
  });

  it('fails a challenger that may be worse by more', () => {
    const [check] = judge(compare(flat));
    expect(check?.passed).toBe(false);
    expect(check?.value).toBeGreaterThan(0.01);
    expect(check?.sentence).toMatch(
      /^Brier score 0.25 against the champion's 0.1706: .* more than the margin 0.01$/,
    );
  });

  it('passes the first version, for there is no champion yet', () => {
    expect(checksOf('champion', gates, { champion: null })).toMatchObject([
      { passed: true, value: null, sentence: 'there is no champion yet to compare with' },
    ]);
  });

  it.each([
    ['no comparison was made', null, "Brier score was not compared with the champion's"],
    [
      'another metric was compared',
      compare(probabilities, { metric: 'auc' }),
      'the champion was compared by AUC at confidence 0.95, not by Brier score at 0.95',
    ],
    [
      'the confidence was another',
      compare(probabilities, { confidence: 0.5 }),
      'the champion was compared by Brier score at confidence 0.5, not by Brier score at 0.95',
    ],
    [
      'the rows do not allow a comparison',
      compare(probabilities, { bound: null }),
      "Brier score cannot be compared with the champion's on these rows",
    ],
  ])('fails when %s', (_, compared, sentence) => {
    expect(judge(compared)).toMatchObject([{ passed: false, value: null, sentence }]);
  });

  it('fails, naming columns, when the champion needs what these rows do not have', () => {
    expect(judge(null, ['gust', 'temp'])).toMatchObject([
      {
        passed: false,
        sentence: 'the champion, version 3, needs columns that these rows do not have: gust, temp',
      },
    ]);
  });

  it('fails on an evaluation without any word about a champion', () => {
    const changes = { champion: undefined } as unknown as Partial<VersionEvaluation>;
    expect(checksOf('champion', gates, changes)).toMatchObject([{ passed: false, value: null }]);
  });

  it('goes by its own margin, not by the one that the comparison was made with', () => {
    expect(judge(compare(flat, { margin: 1, holds: true }))[0]?.passed).toBe(false);
  });
});

describe('the baseline gate', () => {
  const compared = (changes: Partial<NonInferiority>) => {
    const { naive } = soundEvaluation();
    return checksOf('baseline', {}, { naive: { ...naive, comparison: { ...naive.comparison, ...changes } } });
  };

  it('passes what is surely better than always answering the same, and says by how much', () => {
    const [check] = compared({});
    expect(check).toMatchObject({ passed: true, bound: 0 });
    expect(check?.sentence).toMatch(
      /^log loss 0\.\d+ against 0\.673 of the naive baseline \(prior\): better by at least 0\.\d+ \(95 % confidence\)$/,
    );
  });

  it('fails what is no better, also when it is the baseline itself', () => {
    expect(compared({ bound: 0.01 })).toMatchObject([{ passed: false, value: 0.01 }]);
    expect(compared({ bound: 0 })).toMatchObject([{ passed: false, value: 0 }]);
  });

  it.each([
    ['undefined', { bound: null }],
    ['of another metric', { metric: 'brier' as const }],
    ['of another confidence', { confidence: 0.5 }],
  ])('fails when the comparison is %s', (_, changes) => {
    expect(compared(changes)).toMatchObject([{ passed: false, value: null }]);
  });

  it('fails when nothing was compared', () => {
    const changes = { naive: undefined } as unknown as Partial<VersionEvaluation>;
    expect(checksOf('baseline', {}, changes)).toMatchObject([
      { passed: false, sentence: "log loss was not compared with the naive baseline's" },
    ]);
  });

  it('is not asked when the spec says so', () => {
    expect(checksOf('baseline', { baseline: false })).toEqual([]);
  });
});

it('a sound version passes the default gates', () => {
  const { passed, checks } = judgeGates(GatesSpec.parse({}), soundEvaluation());
  expect(checks.map(({ gate, passed: holds }) => [gate, holds])).toEqual([
    ['baseline', true],
    ['data.joined', true],
    ['data.leakage', true],
    ['data.missing', true],
    ['data.inverted', true],
  ]);
  expect(passed).toBe(true);
});

describe('gates in a spec', () => {
  const problemsOf = (gates: unknown) => {
    const parsed = GatesSpec.safeParse(gates, { reportInput: true });
    return parsed.success ? [] : parsed.error.issues.flatMap((issue) => fromIssue(issue));
  };

  it('have defaults: what every version must be, nothing else compared', () => {
    expect(GatesSpec.parse({})).toEqual({
      metrics: {},
      baseline: { confidence: 0.95 },
      slices: [],
      fairness: [],
      data: { leakage: 0.98, joined: 0.5, missing: 0.95, inverted: 0.05 },
      robustness: {},
    });
    expect(
      GatesSpec.parse({
        metrics: { auc: { min: 0.6 } },
        champion: { metric: 'auc', margin: 0 },
        slices: ['origin'],
        fairness: ['origin'],
      }),
    ).toMatchObject({
      metrics: { auc: { min: 0.6, use: 'value' } },
      champion: { metric: 'auc', margin: 0, confidence: 0.95 },
      slices: [{ by: 'origin', minRows: 200, confidence: 0.95, margin: 0.05 }],
      fairness: [{ group: 'origin', minRows: 200, disparateImpact: 0.8, equalOpportunity: 0.1 }],
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
    ['an unknown field', { slice: [] }, 'slice'],
    ['bounds of a slice without a metric', { slices: [{ by: 'origin', min: 0.6 }] }, 'slices[0]'],
    ['a metric of a slice without bounds', { slices: [{ by: 'origin', metric: 'auc' }] }, 'slices[0]'],
    ['a negative margin of a slice', { slices: [{ by: 'origin', margin: -1 }] }, 'slices[0].margin'],
  ])('refuse %s by its field', (_, gates, field) => {
    expect(problemsOf(gates).map((problem) => problem.field)).toEqual([field]);
  });

  it('accept exactly the metrics that evaluations have', () => {
    const names = [...new Set(Object.values(METRICS).flat())];
    const metrics = Object.fromEntries(names.map((metric) => [metric, { min: 0 }]));
    expect(Object.keys(GatesSpec.parse({ metrics }).metrics).sort()).toEqual(names.sort());
    expect(Object.keys(evaluation.metrics).sort()).toEqual([...METRICS.binary].sort());
  });
});
