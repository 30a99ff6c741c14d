import type { FairnessSpec, SliceSpec } from '../spec/gates.ts';
import type { VersionEvaluation } from '../training/evaluation.ts';
import type { FairnessGroup } from './fairness.ts';
import {
  checkThat,
  failedOr,
  type GateCheck,
  isKnown,
  relation,
  type Sign,
  show,
  showApart,
  showConfidence,
  showCount,
  showPercent,
  titleOf,
} from './gate-check.ts';
import type { SliceEvaluation, SliceGroup } from './slices.ts';

const REFERENCES = { champion: 'champion', baseline: 'naive baseline' } as const;

/** One check a failed group, or one for all of them together. */
export function* checkSlices(
  spec: SliceSpec,
  index: number,
  { slices, metric }: VersionEvaluation,
): Iterable<GateCheck> {
  const gate = `slices[${index}]`;
  const slice = slices?.find(
    ({ by, minRows, margin }) => by === spec.by && minRows === spec.minRows && margin === spec.margin,
  );
  const bound = round(1 - spec.confidence);
  const name = `smallest adjusted p of a group of ${spec.by} being ${worseBy(spec)}`;
  if (!slice || slice.groups.length === 0) {
    const sentence = slice
      ? `no group of ${spec.by} has ${showCount(spec.minRows)} test rows: none can be judged`
      : `the groups of ${spec.by} were not judged`;
    yield checkThat(gate, name, null, '>', bound, sentence);
    return;
  }
  const worst = slice.groups.reduce((a, b) => ((b.adjustedPValue ?? -1) < (a.adjustedPValue ?? -1) ? b : a));
  yield* failedOr(
    slice.groups.map((group) => judgeGroup(gate, spec, slice, group, metric)),
    () => ({
      ...judgeGroup(gate, spec, slice, worst, metric),
      rule: `${name} > ${bound}`,
      sentence:
        `none of the ${slice.groups.length} groups of ${spec.by} is ${worseBy(spec)} than the ${REFERENCES[slice.against]} ` +
        `with ${showConfidence(spec.confidence)} confidence${describeSmall(slice)}`,
    }),
  );
  if (spec.metric !== undefined) yield* checkGroupMetric(gate, spec, spec.metric, slice);
}

function judgeGroup(
  gate: string,
  spec: SliceSpec,
  slice: SliceEvaluation,
  group: SliceGroup,
  metric: string,
): GateCheck {
  const bound = round(1 - spec.confidence);
  const where = nameOf(spec.by, group.group);
  const known = isKnown(group.adjustedPValue) && isKnown(group.difference);
  const worse = known && (group.adjustedPValue as number) <= bound;
  const losses = `${titleOf(metric)} ${showDistinct(group.loss, group.referenceLoss)} against the ${REFERENCES[slice.against]}'s ${showDistinct(group.referenceLoss, group.loss)}`;
  return {
    gate,
    passed: known && !worse,
    value: group.adjustedPValue ?? null,
    bound,
    rule: `adjusted p of ${where} being ${worseBy(spec)} > ${bound}`,
    sentence: known
      ? `slice ${where}: ${losses} on ${showCount(group.rows)} rows, ` +
        (worse
          ? `${worseBy(spec)} with ${showConfidence(1 - (group.adjustedPValue as number))} confidence`
          : `not surely ${worseBy(spec)}`)
      : `slice ${where}: ${titleOf(metric)} cannot be compared with the ${REFERENCES[slice.against]}'s on ${showCount(group.rows)} rows`,
  };
}

function* checkGroupMetric(
  gate: string,
  { by, min, max }: SliceSpec,
  metric: string,
  { groups }: SliceEvaluation,
): Iterable<GateCheck> {
  const bounds = [
    ['min', '>=', min],
    ['max', '<=', max],
  ] as const;
  for (const [end, sign, bound] of bounds) {
    if (bound === undefined) continue;
    const path = `${gate}.${end}`;
    const metricOf = (group: SliceGroup) => group.metrics[metric]?.value ?? null;
    const limit = `the gate's ${end === 'min' ? 'minimum' : 'maximum'} ${bound}`;
    const check = (group: SliceGroup) => {
      const value = metricOf(group);
      const where = nameOf(by, group.group);
      const sentence = isKnown(value)
        ? `slice ${where}: ${titleOf(metric)} ${showApart(value, bound)} on ${showCount(group.rows)} rows is ${relation(value, bound)} ${limit}`
        : `slice ${where}: ${titleOf(metric)} is not defined on its ${showCount(group.rows)} rows: ${limit} is not met`;
      return checkThat(path, `${metric} of ${where}`, value, sign, bound, sentence);
    };
    yield* failedOr(groups.map(check), () => {
      const closest = groups.reduce((a, b) => {
        const [x, y] = [metricOf(a) as number, metricOf(b) as number];
        return (sign === '>=' ? y < x : y > x) ? b : a;
      });
      return check(closest);
    });
  }
}

/** One check a rule and failed group, or one a rule for all groups together. */
export function* checkFairness(
  spec: FairnessSpec,
  index: number,
  { fairness }: VersionEvaluation,
): Iterable<GateCheck> {
  const found = fairness?.find(({ by, minRows }) => by === spec.group && minRows === spec.minRows);
  const reference = found?.reference;
  const others = found?.groups.filter(({ group }) => group !== reference?.group) ?? [];
  for (const rule of fairnessRules(spec)) {
    const gate = `fairness[${index}].${rule.name}`;
    const fail = (sentence: string) => checkThat(gate, rule.title, null, rule.sign, rule.bound, sentence);
    if (!found) yield fail(`the groups of ${spec.group} were not compared`);
    else if (!reference || (spec.reference !== undefined && reference.group !== spec.reference)) {
      const wanted = spec.reference === undefined ? 'no group' : `no group ${JSON.stringify(spec.reference)}`;
      yield fail(
        `${wanted} of ${spec.group} has ${showCount(spec.minRows)} test rows to compare the others with`,
      );
    } else if (others.length === 0) {
      yield fail(
        `only one group of ${spec.group} has ${showCount(spec.minRows)} test rows: there is nothing to compare`,
      );
    } else {
      const base = found.groups.find(({ group }) => group === reference.group) as FairnessGroup;
      const check = (group: FairnessGroup): GateCheck => {
        const value = rule.value(group);
        const [where, to] = [nameOf(spec.group, group.group), nameOf(spec.group, reference.group)];
        const rates = `${show(rule.rate(group))} for ${where} (${showCount(group.rows)} rows) against ${show(rule.rate(base))} for ${to}`;
        const sentence = isKnown(value)
          ? `${rule.of} ${rates}: the ${rule.title} ${showApart(value, rule.bound)} is ${relation(value, rule.bound)} the gate's ${rule.sign === '>=' ? 'minimum' : 'maximum'} ${rule.bound}`
          : `${rule.of} ${rates}: the ${rule.title} is not defined`;
        return checkThat(gate, `${rule.title} of ${where}`, value, rule.sign, rule.bound, sentence);
      };
      yield* failedOr(others.map(check), () => check(furthest(others, rule)));
    }
  }
}

interface FairnessRule {
  readonly name: 'disparateImpact' | 'equalOpportunity' | 'falsePositives';
  readonly title: string;
  /** What is compared. */
  readonly of: string;
  readonly rate: (group: FairnessGroup) => number | null;
  readonly value: (group: FairnessGroup) => number | null;
  readonly sign: Sign;
  readonly bound: number;
}

function fairnessRules(spec: FairnessSpec): FairnessRule[] {
  const rules: FairnessRule[] = [
    {
      name: 'disparateImpact',
      title: 'ratio of selection rates',
      of: 'selection rate',
      rate: ({ selectionRate }) => selectionRate.value,
      value: ({ disparateImpact }) => disparateImpact,
      sign: '>=',
      bound: spec.disparateImpact,
    },
    {
      name: 'equalOpportunity',
      title: 'difference of true positive rates',
      of: 'true positive rate',
      rate: ({ truePositiveRate }) => truePositiveRate.value,
      value: ({ equalOpportunity }) => size(equalOpportunity),
      sign: '<=',
      bound: spec.equalOpportunity,
    },
  ];
  if (spec.falsePositives === undefined) return rules;
  return [
    ...rules,
    {
      name: 'falsePositives',
      title: 'difference of false positive rates',
      of: 'false positive rate',
      rate: ({ falsePositiveRate }) => falsePositiveRate.value,
      value: ({ falsePositives }) => size(falsePositives),
      sign: '<=',
      bound: spec.falsePositives,
    },
  ];
}

function furthest(groups: readonly FairnessGroup[], { value, sign }: FairnessRule): FairnessGroup {
  return groups.reduce((a, b) => {
    const [x, y] = [value(a) as number, value(b) as number];
    return (sign === '>=' ? y < x : y > x) ? b : a;
  });
}

function size(difference: number | null): number | null {
  return difference === null ? null : Math.abs(difference);
}

/** `origin = LGA`; null is a group of its own. */
function nameOf(by: string, group: string | null): string {
  return `${by} = ${group ?? 'null'}`;
}

function worseBy({ margin }: SliceSpec): string {
  return margin === 0 ? 'worse' : `more than ${showPercent(margin)} worse`;
}

function describeSmall({ tooSmallCount, minRows }: SliceEvaluation): string {
  if (tooSmallCount === 0) return '';
  return `; ${tooSmallCount} of fewer than ${showCount(minRows)} rows ${tooSmallCount === 1 ? 'was' : 'were'} not judged`;
}

/** Four digits, or as many as it takes to tell two losses apart. */
function showDistinct(value: number | null, other: number | null): string {
  if (value === null) return 'undefined';
  let digits = 4;
  while (
    other !== null &&
    value !== other &&
    digits < 17 &&
    value.toPrecision(digits) === other.toPrecision(digits)
  )
    digits++;
  return String(Number(value.toPrecision(digits)));
}

/** 1 - 0.95 as 0.05. */
function round(share: number): number {
  return Number(share.toPrecision(12));
}
