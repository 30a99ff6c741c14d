import type { GatesSpec } from '../spec/gates.ts';
import type { VersionEvaluation } from '../training/evaluation.ts';
import type { FeatureCheck } from './feature-checks.ts';
import {
  checkThat,
  failedOr,
  type GateCheck,
  isKnown,
  relation,
  type Sign,
  show,
  showApart,
  showPercent,
  titleOf,
} from './gate-check.ts';

/** Leakage, missing values and inversion of the features, and the shares of rows that joined. */
export function* checkData(spec: GatesSpec['data'], evaluation: VersionEvaluation): Iterable<GateCheck> {
  yield* checkJoins(spec.joined, evaluation);
  for (const rule of featureRules(spec)) {
    const check = (feature: FeatureCheck): GateCheck => {
      const value = rule.value(feature);
      const name = `${rule.name} of ${feature.feature}`;
      const passed = checkThat(rule.gate, name, value, rule.sign, rule.bound, '').passed;
      return checkThat(rule.gate, name, value, rule.sign, rule.bound, rule.sentence(feature, passed));
    };
    const features = evaluation.features ?? [];
    if (features.length === 0) {
      yield checkThat(
        rule.gate,
        rule.name,
        null,
        rule.sign,
        rule.bound,
        `no feature was checked for ${rule.name}`,
      );
      continue;
    }
    const most = features.reduce((a, b) => ((rule.value(b) ?? 0) > (rule.value(a) ?? 0) ? b : a));
    yield* failedOr(features.map(check), () => check(most));
  }
}

interface FeatureRule {
  readonly gate: string;
  readonly name: string;
  readonly value: (feature: FeatureCheck) => number | null;
  readonly sign: Sign;
  readonly bound: number;
  readonly sentence: (feature: FeatureCheck, passed: boolean) => string;
}

function featureRules(spec: GatesSpec['data']): FeatureRule[] {
  return [
    {
      gate: 'data.leakage',
      name: 'leakage',
      value: ({ strength }) => strength,
      sign: '<',
      bound: spec.leakage,
      sentence: ({ feature, strength }, passed) =>
        isKnown(strength)
          ? passed
            ? `${feature}, the strongest feature alone, ranks the labels at ${showApart(strength, spec.leakage)} of 1, below ${spec.leakage}`
            : `${feature} alone ranks the labels at ${showApart(strength, spec.leakage)} of 1, ${spec.leakage} or above: it may be the label in disguise`
          : `${feature} cannot be ranked: too few rows have another label than the most frequent one`,
    },
    {
      gate: 'data.missing',
      name: 'missing',
      value: ({ missing }) => Math.max(missing.train, missing.test),
      sign: '<=',
      bound: spec.missing,
      sentence: ({ feature, missing }, passed) =>
        `${feature} is missing in ${showPercent(missing.train, spec.missing)} of the training rows and ` +
        `${showPercent(missing.test, spec.missing)} of the test rows, ` +
        `${passed ? 'the most of all features, and at most' : 'more than'} ${showPercent(spec.missing)}`,
    },
    {
      gate: 'data.inverted',
      name: 'inversion',
      value: ({ inverted }) => inverted,
      sign: '<',
      bound: spec.inverted,
      sentence: ({ feature, train, test }, passed) =>
        passed
          ? `no feature ranks the labels one way in training and surely the other way in the test rows by ${spec.inverted} or more`
          : `${feature} has turned over: it ranks the labels at ${show(train.value)} in training and at ${show(test.value)} in the test rows (0.5 says nothing)`,
    },
  ];
}

function* checkJoins(bound: number, { joins }: VersionEvaluation): Iterable<GateCheck> {
  if (!joins) yield checkThat('data.joined', 'joined', null, '>=', bound, 'no join was measured');
  for (const { dataset, matched } of joins ?? []) {
    const shares = Object.entries(matched);
    const [split, share] = shares.reduce((a, b) => (b[1] >= a[1] ? a : b), shares[0] ?? ['test', Number.NaN]);
    const sentence = isKnown(share)
      ? `${showPercent(share, bound)} of the ${split} rows find their partner in ${dataset}, ${relation(share, bound)} the gate's minimum ${showPercent(bound)}`
      : `how many rows find their partner in ${dataset} was not measured`;
    yield checkThat('data.joined', `joined with ${dataset}`, share, '>=', bound, sentence);
  }
}

/** What the version loses on perturbed rows, and what serving it costs. */
export function* checkServing(
  { robustness: gates, latencyMs, sizeMb }: GatesSpec,
  { robustness, serving, metric }: VersionEvaluation,
): Iterable<GateCheck> {
  const title = titleOf(metric);
  if (gates.nulls !== undefined) {
    const { loss, perturbed, lost } = robustness?.nulls ?? {};
    const what = 'when a tenth of every input that may be missing is';
    yield checkShare('robustness.nulls', title, what, [loss, perturbed, lost], gates.nulls);
  }
  if (gates.timeShift !== undefined) {
    const { older, newer, lost } = robustness?.timeShift ?? {};
    const what = 'from the older to the newer half of the test rows';
    yield checkShare('robustness.timeShift', title, what, [older, newer, lost], gates.timeShift);
  }
  if (latencyMs !== undefined) {
    const value = serving?.medianMs;
    const sentence = isKnown(value)
      ? `a row takes ${showApart(value, latencyMs)} ms to score (median), ${relation(value, latencyMs)} the gate's maximum ${latencyMs} ms`
      : 'how long a row takes to score was not measured';
    yield checkThat('latencyMs', 'median latency in ms', value, '<=', latencyMs, sentence);
  }
  if (sizeMb !== undefined) {
    const value = isKnown(serving?.sizeBytes) ? serving.sizeBytes / 1e6 : null;
    const sentence = isKnown(value)
      ? `the model file has ${showApart(value, sizeMb)} MB, ${relation(value, sizeMb)} the gate's maximum ${sizeMb} MB`
      : 'the size of the model file was not measured';
    yield checkThat('sizeMb', 'model file in MB', value, '<=', sizeMb, sentence);
  }
}

type Maybe = number | null | undefined;

function checkShare(
  gate: string,
  title: string,
  what: string,
  [before, after, lost]: readonly [Maybe, Maybe, Maybe],
  bound: number,
): GateCheck {
  const sentence = isKnown(lost)
    ? `${title} goes from ${show(before)} to ${show(after)} ${what}: ${describeLost(lost, bound)} the gate's maximum ${showPercent(bound)}`
    : `${title} is not defined ${what}`;
  return checkThat(gate, 'share lost', lost, '<=', bound, sentence);
}

function describeLost(lost: number, bound: number): string {
  const change = lost < 0 ? `${showPercent(-lost)} better` : `${showPercent(lost, bound)} worse`;
  return `${change}, ${relation(lost, bound)}`;
}
