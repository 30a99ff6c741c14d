import type { GatesSpec } from '../spec/gates.ts';
import type { VersionEvaluation } from '../training/evaluation.ts';
import { checkData, checkServing } from './data-gates.ts';
import { type GateCheck, isKnown, relation, show, showApart, showPercent, titleOf } from './gate-check.ts';
import { checkFairness, checkSlices } from './group-gates.ts';
import type { Estimate } from './interval.ts';
import type { NonInferiority } from './non-inferiority.ts';

export interface GateVerdict {
  /** Whether every check passed. */
  readonly passed: boolean;
  readonly checks: readonly GateCheck[];
}

/**
 * Judges a version against every gate of its spec. What is missing, null or NaN fails its gate, and so
 * does a comparison made for another metric or confidence: nothing passes unseen.
 */
export function judgeGates(spec: GatesSpec, evaluation: VersionEvaluation): GateVerdict {
  const checks = [
    ...checkMetrics(spec, evaluation),
    ...checkChampion(spec, evaluation),
    ...checkBaseline(spec, evaluation),
    ...spec.slices.flatMap((slice, index) => [...checkSlices(slice, index, evaluation)]),
    ...spec.fairness.flatMap((fairness, index) => [...checkFairness(fairness, index, evaluation)]),
    ...checkData(spec.data, evaluation),
    ...checkServing(spec, evaluation),
  ];
  return { passed: checks.every(({ passed }) => passed), checks };
}

function* checkMetrics({ metrics }: GatesSpec, { test }: VersionEvaluation): Iterable<GateCheck> {
  const known: Readonly<Record<string, Estimate>> = test.metrics;
  for (const [metric, gate] of Object.entries(metrics)) {
    if (!gate) continue;
    const value = known[metric]?.[gate.use];
    const end = gate.use === 'value' ? '' : ` (${gate.use} end, ${showPercent(test.confidence)})`;
    if (gate.min !== undefined) yield checkBound(`metrics.${metric}.min`, metric, end, value, '>=', gate.min);
    if (gate.max !== undefined) yield checkBound(`metrics.${metric}.max`, metric, end, value, '<=', gate.max);
  }
}

function checkBound(
  gate: string,
  metric: string,
  end: string,
  value: number | null | undefined,
  sign: '>=' | '<=',
  bound: number,
): GateCheck {
  const limit = `the gate's ${sign === '>=' ? 'minimum' : 'maximum'} ${bound}`;
  const title = `${titleOf(metric)}${end}`;
  const base = { gate, bound, rule: `${metric}${end} ${sign} ${bound}` };
  if (!isKnown(value)) {
    const sentence = `${title} is not defined on these rows: ${limit} is not met`;
    return { ...base, passed: false, value: null, sentence };
  }
  const passed = sign === '>=' ? value >= bound : value <= bound;
  const sentence = `${title} ${showApart(value, bound)} is ${relation(value, bound)} ${limit}`;
  return { ...base, passed, value, sentence };
}

function* checkChampion({ champion: gate }: GatesSpec, { champion }: VersionEvaluation): Iterable<GateCheck> {
  if (!gate) return;
  const { metric, margin, confidence } = gate;
  const title = titleOf(metric);
  const percent = showPercent(confidence);
  const base = {
    gate: 'champion',
    bound: margin,
    rule: `${metric} worse than the champion's by <= ${margin} (${percent} confidence)`,
  };
  if (champion === null) {
    const sentence = 'there is no champion yet to compare with';
    yield { ...base, passed: true, value: null, sentence };
    return;
  }
  const compared = champion?.nonInferiority;
  const why = champion?.missing?.length
    ? `the champion, version ${champion.version}, needs columns that these rows do not have: ${champion.missing.join(', ')}`
    : whyNotCompared(compared, { metric, confidence }, 'champion');
  if (why !== null || !compared) {
    yield { ...base, passed: false, value: null, sentence: why as string };
    return;
  }
  const bound = compared.bound as number;
  const passed = bound <= margin;
  yield {
    ...base,
    passed,
    value: bound,
    sentence:
      `${title} ${show(compared.challenger)} against the champion's ${show(compared.champion)}: ` +
      `${describeBound(bound, margin)} (${percent} confidence), ${passed ? 'within' : 'more than'} the margin ${margin}`,
  };
}

function* checkBaseline(
  { baseline: gate }: GatesSpec,
  { naive, metric }: VersionEvaluation,
): Iterable<GateCheck> {
  if (gate === false) return;
  const percent = showPercent(gate.confidence);
  const base = {
    gate: 'baseline',
    bound: 0,
    rule: `${metric} worse than the naive baseline's by < 0 (${percent} confidence)`,
  };
  const compared = naive?.comparison;
  const why = whyNotCompared(compared, { metric, confidence: gate.confidence }, 'naive baseline');
  if (why !== null || !compared) {
    yield { ...base, passed: false, value: null, sentence: why as string };
    return;
  }
  const bound = compared.bound as number;
  const passed = bound < 0;
  yield {
    ...base,
    passed,
    value: bound,
    sentence:
      `${titleOf(metric)} ${show(compared.challenger)} against ${show(compared.champion)} of the naive baseline (${naive.rule}): ` +
      (passed
        ? `better by at least ${show(-bound)} (${percent} confidence)`
        : `not surely better (${percent} confidence), it may be worse by ${show(bound)}`),
  };
}

/** Why a comparison cannot be judged; null when it can. */
function whyNotCompared(
  compared: NonInferiority | null | undefined,
  { metric, confidence }: Pick<NonInferiority, 'metric' | 'confidence'>,
  other: string,
): string | null {
  const title = titleOf(metric);
  if (!compared) return `${title} was not compared with the ${other}'s`;
  if (compared.metric !== metric || compared.confidence !== confidence) {
    return `the ${other} was compared by ${titleOf(compared.metric)} at confidence ${compared.confidence}, not by ${title} at ${confidence}`;
  }
  return isKnown(compared.bound) ? null : `${title} cannot be compared with the ${other}'s on these rows`;
}

/** A negative bound on "worse by" is a gain that is certain at the same confidence. */
function describeBound(bound: number, margin: number): string {
  return bound < 0 ? `better by at least ${show(-bound)}` : `worse by at most ${showApart(bound, margin)}`;
}
