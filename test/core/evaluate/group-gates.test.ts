import { describe, expect, it } from 'vitest';
import type { FairnessEvaluation, FairnessGroup } from '#core/evaluate/fairness.ts';
import type { SliceEvaluation, SliceGroup } from '#core/evaluate/slices.ts';
import type { GatesInput } from '#core/spec/gates.ts';
import { checksOf, share, sliceGroup } from './sound-evaluation.ts';

describe('a slice gate', () => {
  const slice = (groups: SliceGroup[], changes: Partial<SliceEvaluation> = {}): SliceEvaluation => ({
    by: 'origin',
    against: 'champion',
    minRows: 200,
    confidence: 0.95,
    margin: 0.05,
    groups,
    tooSmall: [],
    tooSmallCount: 0,
    ...changes,
  });
  const worse = sliceGroup({
    loss: 0.65,
    difference: 0.07,
    pValue: 0.001,
    adjustedPValue: 0.002,
    worse: true,
  });
  const judge = (found: SliceEvaluation, spec: object = {}) =>
    checksOf('slices', { slices: [{ by: 'origin', ...spec }] }, { slices: [found] });

  it('names the group that is worse, its losses and its rows', () => {
    expect(judge(slice([sliceGroup({ group: 'JFK' }), worse]))).toEqual([
      {
        gate: 'slices[0]',
        passed: false,
        value: 0.002,
        bound: 0.05,
        rule: 'adjusted p of origin = LGA being more than 5 % worse > 0.05',
        sentence:
          "slice origin = LGA: log loss 0.65 against the champion's 0.58 on 3,120 rows, more than 5 % worse with 99.8 % confidence",
      },
    ]);
  });

  it('says one sentence for all groups that hold, and how many nobody judged', () => {
    const found = slice(
      [sliceGroup({ adjustedPValue: 0.4 }), sliceGroup({ group: 'JFK', adjustedPValue: 0.3 })],
      {
        tooSmallCount: 2,
      },
    );
    expect(judge(found)).toMatchObject([
      {
        passed: true,
        value: 0.3,
        sentence:
          'none of the 2 groups of origin is more than 5 % worse than the champion with 95 % confidence; 2 of fewer than 200 rows were not judged',
      },
    ]);
  });

  it('names every group that is worse, null too', () => {
    const checks = judge(slice([worse, sliceGroup(), { ...worse, group: null }]));
    expect(checks.map(({ sentence }) => sentence.slice(0, 20))).toEqual([
      'slice origin = LGA: ',
      'slice origin = null:',
    ]);
  });

  it('says worse than what: the naive baseline where there is no champion', () => {
    const [check] = judge(slice([worse], { against: 'baseline' }));
    expect(check?.sentence).toMatch(/log loss 0.65 against the naive baseline's 0.58/);
  });

  it('goes by its own confidence', () => {
    const doubtful = slice([sliceGroup({ adjustedPValue: 0.03, worse: true })]);
    expect(judge(doubtful)[0]?.passed).toBe(false);
    expect(judge(doubtful, { confidence: 0.99 })[0]?.passed).toBe(true);
  });

  it('fails when no group has rows enough, or a group cannot be compared, or nothing was judged', () => {
    expect(judge(slice([]))).toMatchObject([
      { passed: false, sentence: 'no group of origin has 200 test rows: none can be judged' },
    ]);
    const undefinedLoss = sliceGroup({ loss: null, difference: null, pValue: null, adjustedPValue: null });
    expect(judge(slice([undefinedLoss]))).toMatchObject([{ passed: false, value: null }]);
    for (const changes of [{ by: 'carrier' }, { minRows: 20 }, { margin: 1 }]) {
      expect(judge(slice([sliceGroup()], changes))).toMatchObject([
        { passed: false, sentence: 'the groups of origin were not judged' },
      ]);
    }
  });

  it('keeps a metric of every group within its bounds', () => {
    const groups = [0.7, 0.55, 0.8].map((auc, index) =>
      sliceGroup({ group: `g${index}`, metrics: { auc: share(auc) } }),
    );
    const spec = { metric: 'auc', min: 0.6, max: 0.9 };
    const [, low, high] = judge(slice(groups), spec);
    expect(low).toMatchObject({
      gate: 'slices[0].min',
      passed: false,
      value: 0.55,
      sentence: "slice origin = g1: AUC 0.55 on 3,120 rows is below the gate's minimum 0.6",
    });
    expect(high).toMatchObject({ gate: 'slices[0].max', passed: true, value: 0.8 });
  });

  it('fails a group that does not define the metric', () => {
    const groups = [sliceGroup(), sliceGroup({ group: 'JFK', metrics: { auc: share(null) } })];
    const [, check] = judge(slice(groups), { metric: 'auc', min: 0 });
    expect(check).toMatchObject({ passed: false, value: null });
    expect(check?.sentence).toMatch(/^slice origin = JFK: AUC is not defined on its 3,120 rows/);
  });
});

describe('a fairness gate', () => {
  const group = (changes: Partial<FairnessGroup>): FairnessGroup => ({
    group: 'b',
    rows: 500,
    baseRate: share(0.3),
    selectionRate: share(0.2),
    truePositiveRate: share(0.6),
    falsePositiveRate: share(0.1),
    disparateImpact: 0.9,
    equalOpportunity: -0.05,
    falsePositives: 0.02,
    ...changes,
  });
  const first = group({
    group: 'a',
    rows: 2000,
    selectionRate: share(0.22),
    disparateImpact: 1,
    equalOpportunity: 0,
    falsePositives: 0,
  });
  const found = (groups: FairnessGroup[], changes: Partial<FairnessEvaluation> = {}): FairnessEvaluation => ({
    by: 'team',
    minRows: 200,
    reference: { group: 'a' },
    groups: [first, ...groups],
    tooSmall: [],
    tooSmallCount: 0,
    ...changes,
  });
  const judge = (fairness: FairnessEvaluation, spec: object = {}) => {
    const gates = { fairness: [{ group: 'team', ...spec }] } as GatesInput;
    return checksOf('fairness', gates, { fairness: [fairness] });
  };

  it('says one sentence a rule when all groups are treated alike', () => {
    expect(judge(found([group({})]))).toMatchObject([
      {
        gate: 'fairness[0].disparateImpact',
        passed: true,
        value: 0.9,
        bound: 0.8,
        sentence:
          "selection rate 0.2 for team = b (500 rows) against 0.22 for team = a: the ratio of selection rates 0.9 is above the gate's minimum 0.8",
      },
      { gate: 'fairness[0].equalOpportunity', passed: true, value: 0.05, bound: 0.1 },
    ]);
  });

  it.each([
    ['disparateImpact', { disparateImpact: 0.7 }, 0.7],
    ['equalOpportunity', { equalOpportunity: -0.2 }, 0.2],
    ['equalOpportunity', { equalOpportunity: 0.2 }, 0.2],
    ['falsePositives', { falsePositives: 0.3 }, 0.3],
  ])('refuses by %s alone', (rule, changes, value) => {
    const failed = judge(found([group(changes), group({ group: 'c' })]), { falsePositives: 0.1 }).filter(
      ({ passed }) => !passed,
    );
    expect(failed).toMatchObject([{ gate: `fairness[0].${rule}`, value }]);
    expect(failed[0]?.sentence).toMatch(/for team = b \(500 rows\)/);
  });

  it('does not judge false positives unless asked', () => {
    expect(judge(found([group({ falsePositives: 1 })])).every(({ passed }) => passed)).toBe(true);
  });

  it('fails where a rate is not defined, saying so', () => {
    const none = group({ truePositiveRate: share(null), equalOpportunity: null });
    const [, check] = judge(found([none]));
    expect(check).toMatchObject({ passed: false, value: null });
    expect(check?.sentence).toBe(
      'true positive rate undefined for team = b (500 rows) against 0.6 for team = a: the difference of true positive rates is not defined',
    );
  });

  it.each([
    [
      'the reference is too small',
      found([], { reference: null, groups: [] }),
      {},
      /^no group of team has 200/,
    ],
    ['the named reference is not there', found([group({})]), { reference: 'z' }, /^no group "z" of team/],
    ['there is one group only', found([]), {}, /^only one group of team has 200 test rows/],
    ['another expression was judged', found([], { by: 'city' }), {}, /^the groups of team were not compared/],
  ])('fails when %s', (_, fairness, spec, sentence) => {
    const checks = judge(fairness, spec);
    expect(checks).toHaveLength(2);
    for (const check of checks) {
      expect(check).toMatchObject({ passed: false, value: null });
      expect(check.sentence).toMatch(sentence);
    }
  });
});
