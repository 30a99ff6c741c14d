import type { GatesSpec } from '../spec/gates.ts';
import type { BinaryEvaluation, BinaryMetric } from './evaluate-binary.ts';
import type { NonInferiority } from './non-inferiority.ts';

/** One rule and how the version did. */
export interface GateCheck {
  /** Path in the spec: `metrics.auc.min`, `champion`. */
  readonly gate: string;
  readonly passed: boolean;
  /** What was compared with `bound`; null when the rows do not define it. */
  readonly value: number | null;
  readonly bound: number;
  /** `auc >= 0.65` */
  readonly rule: string;
  /** For people: `auc 0.612 is below the gate's minimum 0.65`. */
  readonly sentence: string;
}

export interface GateVerdict {
  /** Whether every check passed. */
  readonly passed: boolean;
  readonly checks: readonly GateCheck[];
}

export interface GateEvidence {
  readonly evaluation: BinaryEvaluation;
  /** The comparison with the champion on the same rows; `no-champion` for a model's first version. */
  readonly nonInferiority?: NonInferiority | 'no-champion';
}

/**
 * Judges a version against every gate of its spec. What is missing, null or NaN fails its gate, and so
 * does a comparison made for another metric or confidence: nothing passes unseen.
 */
export function judgeGates(spec: GatesSpec, { evaluation, nonInferiority }: GateEvidence): GateVerdict {
  const checks: GateCheck[] = [];
  for (const [metric, gate] of Object.entries(spec.metrics)) {
    if (!gate) continue;
    const value = evaluation.metrics[metric as BinaryMetric]?.[gate.use];
    const name =
      gate.use === 'value' ? metric : `${metric} (${gate.use} end, ${evaluation.confidence * 100} %)`;
    if (gate.min !== undefined) checks.push(checkBound(`metrics.${metric}.min`, name, value, '>=', gate.min));
    if (gate.max !== undefined) checks.push(checkBound(`metrics.${metric}.max`, name, value, '<=', gate.max));
  }
  if (spec.champion) checks.push(checkChampion(spec.champion, nonInferiority));
  return { passed: checks.every(({ passed }) => passed), checks };
}

function checkBound(
  gate: string,
  name: string,
  value: number | null | undefined,
  sign: '>=' | '<=',
  bound: number,
): GateCheck {
  const limit = `the gate's ${sign === '>=' ? 'minimum' : 'maximum'} ${bound}`;
  const rule = `${name} ${sign} ${bound}`;
  if (!isKnown(value)) {
    return {
      gate,
      passed: false,
      value: null,
      bound,
      rule,
      sentence: `${name} is not defined on these rows: ${limit} is not met`,
    };
  }
  const passed = sign === '>=' ? value >= bound : value <= bound;
  return {
    gate,
    passed,
    value,
    bound,
    rule,
    sentence: `${name} ${showApart(value, bound)} is ${relation(value, bound)} ${limit}`,
  };
}

function checkChampion(
  { metric, margin, confidence }: NonNullable<GatesSpec['champion']>,
  compared: NonInferiority | 'no-champion' | undefined,
): GateCheck {
  const percent = `${Number((confidence * 100).toPrecision(12))} %`;
  const base = {
    gate: 'champion',
    bound: margin,
    rule: `${metric} worse than the champion's by <= ${margin} (${percent} confidence)`,
  };
  const failed = (why: string): GateCheck => ({ ...base, passed: false, value: null, sentence: why });
  if (compared === 'no-champion') {
    return { ...base, passed: true, value: null, sentence: 'there is no champion yet to compare with' };
  }
  if (!compared) return failed(`${metric} was not compared with the champion's`);
  if (compared.metric !== metric || compared.confidence !== confidence) {
    return failed(
      `the champion was compared by ${compared.metric} at confidence ${compared.confidence}, not by ${metric} at ${confidence}`,
    );
  }
  if (!isKnown(compared.bound))
    return failed(`${metric} cannot be compared with the champion's on these rows`);
  const passed = compared.bound <= margin;
  return {
    ...base,
    passed,
    value: compared.bound,
    sentence:
      `${metric} ${show(compared.challenger)} against the champion's ${show(compared.champion)}: ` +
      `${describeBound(compared.bound, margin)} (${percent} confidence), ${passed ? 'within' : 'more than'} the margin ${margin}`,
  };
}

function isKnown(value: number | null | undefined): value is number {
  return typeof value === 'number' && !Number.isNaN(value);
}

function relation(value: number, bound: number): string {
  if (value === bound) return 'exactly';
  return value < bound ? 'below' : 'above';
}

function show(value: number | null): string {
  return value === null ? 'undefined' : String(Number(value.toPrecision(4)));
}

/** Four digits, or as many as it takes to tell `value` from `bound`: 0.64998 is not "0.65, below 0.65". */
function showApart(value: number, bound: number): string {
  let digits = 4;
  while (value !== bound && digits < 17 && Number(value.toPrecision(digits)) === bound) digits++;
  return String(Number(value.toPrecision(digits)));
}

/** A negative bound on "worse by" is a gain that is certain at the same confidence. */
function describeBound(bound: number, margin: number): string {
  return bound < 0 ? `better by at least ${show(-bound)}` : `worse by at most ${showApart(bound, margin)}`;
}
