import { describe, expect, it } from 'vitest';
import type { FeatureCheck } from '#core/evaluate/feature-checks.ts';
import type { GatesInput } from '#core/spec/gates.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import { checksOf, share, soundEvaluation } from './sound-evaluation.ts';

const [km, city] = soundEvaluation().features as [FeatureCheck, FeatureCheck];
const without = (part: keyof VersionEvaluation) => ({ [part]: undefined }) as Partial<VersionEvaluation>;

describe('data gates', () => {
  const failed = (features: FeatureCheck[]) =>
    checksOf('data', {}, { features }).filter(({ passed }) => !passed);

  it('name a feature that is the label in disguise', () => {
    expect(failed([{ ...km, strength: 0.9997 }, city])).toEqual([
      {
        gate: 'data.leakage',
        passed: false,
        value: 0.9997,
        bound: 0.98,
        rule: 'leakage of km < 0.98',
        sentence: 'km alone ranks the labels at 0.9997 of 1, 0.98 or above: it may be the label in disguise',
      },
    ]);
    expect(failed([{ ...km, strength: 0.98 }])).toMatchObject([{ gate: 'data.leakage' }]);
    expect(failed([{ ...km, strength: 0.9799 }])).toEqual([]);
  });

  it.each([
    ['training', { train: 0.96, test: 0 }],
    ['test', { train: 0, test: 0.96 }],
  ])('name a feature that is missing in the %s rows', (_, missing) => {
    const [check, ...others] = failed([km, { ...city, missing }]);
    expect(others).toEqual([]);
    expect(check).toMatchObject({ gate: 'data.missing', value: 0.96, bound: 0.95 });
    expect(check?.sentence).toMatch(/^city is missing in .* more than 95 %$/);
  });

  it('name a feature that has turned over, and how it ranked before', () => {
    const [check, ...others] = failed([
      { ...km, train: share(0.7), test: share(0.38), inverted: 0.12 },
      { ...city, inverted: 0.049 },
    ]);
    expect(others).toEqual([]);
    expect(check).toMatchObject({ gate: 'data.inverted', value: 0.12, bound: 0.05 });
    expect(check?.sentence).toBe(
      'km has turned over: it ranks the labels at 0.7 in training and at 0.38 in the test rows (0.5 says nothing)',
    );
  });

  it('name the join and the split in which rows lost their partners', () => {
    const joins = [
      ...soundEvaluation().joins,
      { dataset: 'planes', matched: { train: 0.9, validation: 0.9, test: 0.31 } },
    ];
    const [weather, planes] = checksOf('data.joined', {}, { joins });
    expect(weather).toMatchObject({ passed: true, value: 0.98 });
    expect(planes).toMatchObject({
      passed: false,
      value: 0.31,
      sentence: "31 % of the test rows find their partner in planes, below the gate's minimum 50 %",
    });
  });

  it('have nothing to say about joins of a model without any', () => {
    expect(checksOf('data.joined', {}, { joins: [] })).toEqual([]);
  });

  it('say which feature comes closest when all hold', () => {
    const [leakage, missing] = checksOf('data', {}).slice(1);
    expect(leakage?.sentence).toBe(
      'km, the strongest feature alone, ranks the labels at 0.72 of 1, below 0.98',
    );
    expect(missing?.sentence).toBe(
      'km is missing in 10 % of the training rows and 20 % of the test rows, the most of all features, and at most 95 %',
    );
  });

  it('fail on what was not measured', () => {
    expect(failed([])).toHaveLength(3);
    expect(failed([{ ...km, strength: null }])).toMatchObject([{ gate: 'data.leakage', value: null }]);
    expect(failed([{ ...km, strength: Number.NaN }])).toMatchObject([{ gate: 'data.leakage', value: null }]);
    expect(checksOf('data.joined', {}, without('joins'))).toMatchObject([{ passed: false }]);
    expect(checksOf('data.leakage', {}, without('features'))).toMatchObject([{ passed: false }]);
    const matched = { train: 1, validation: 1, test: null } as unknown as Record<string, number>;
    const joins = [{ dataset: 'weather', matched }] as unknown as VersionEvaluation['joins'];
    expect(checksOf('data.joined', {}, { joins })).toMatchObject([{ passed: false, value: null }]);
  });
});

describe('gates on robustness, latency and size', () => {
  const gates: GatesInput = { robustness: { nulls: 0.1, timeShift: 0.2 }, latencyMs: 0.1, sizeMb: 0.25 };
  const all = ['robustness', 'latencyMs', 'sizeMb'];
  const judge = (spec: GatesInput, changes: Partial<VersionEvaluation> = {}) =>
    all.flatMap((gate) => checksOf(gate, spec, changes));

  it('are not judged unless asked', () => {
    expect(judge({})).toEqual([]);
  });

  it('hold at exactly their bounds', () => {
    expect(judge(gates).map(({ gate, passed, value }) => [gate, passed, value])).toEqual([
      ['robustness.nulls', true, 0.1],
      ['robustness.timeShift', true, 0.2],
      ['latencyMs', true, 0.1],
      ['sizeMb', true, 0.25],
    ]);
  });

  it('say what was measured when they fail', () => {
    const strict: GatesInput = { robustness: { nulls: 0.05, timeShift: 0 }, latencyMs: 0.05, sizeMb: 0.2 };
    expect(judge(strict).map(({ passed, sentence }) => [passed, sentence])).toEqual([
      [
        false,
        "log loss goes from 0.5 to 0.55 when a tenth of every input that may be missing is: 10 % worse, above the gate's maximum 5 %",
      ],
      [
        false,
        "log loss goes from 0.5 to 0.6 from the older to the newer half of the test rows: 20 % worse, above the gate's maximum 0 %",
      ],
      [false, "a row takes 0.1 ms to score (median), above the gate's maximum 0.05 ms"],
      [false, "the model file has 0.25 MB, above the gate's maximum 0.2 MB"],
    ]);
  });

  it('say that the newer half is better', () => {
    const { robustness } = soundEvaluation();
    const timeShift = { older: 0.5, newer: 0.4, lost: -0.2 };
    const [check] = checksOf('robustness.time', gates, { robustness: { ...robustness, timeShift } });
    expect(check).toMatchObject({ passed: true, value: -0.2 });
    expect(check?.sentence).toMatch(/: 20 % better, below the gate's maximum 20 %$/);
  });

  it('fail on what was not measured', () => {
    const nothing = { ...without('robustness'), ...without('serving') };
    expect(judge(gates, nothing).map(({ passed, value }) => [passed, value])).toEqual(
      Array.from({ length: 4 }, () => [false, null]),
    );
    const { robustness } = soundEvaluation();
    const nulls = { ...robustness.nulls, lost: null };
    expect(checksOf('robustness.nulls', gates, { robustness: { ...robustness, nulls } })).toMatchObject([
      {
        passed: false,
        sentence: 'log loss is not defined when a tenth of every input that may be missing is',
      },
    ]);
  });
});
