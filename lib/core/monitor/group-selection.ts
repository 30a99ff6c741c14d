import { compareNames } from '../evaluate/group-rows.ts';
import { wilson } from '../evaluate/interval.ts';
import { parseExpression } from '../expression/index.ts';
import type { Signature } from '../serve/signature.ts';
import type { FairnessSpec } from '../spec/gates.ts';
import { type ModelSpec, modelColumns } from '../spec/model.ts';
import type { VersionEvaluation } from '../training/evaluation.ts';
import type { GroupCounts, GroupReading, Selected } from './group-counts.ts';
import type { GroupSelection } from './report.ts';
import { SURE } from './sure.ts';

/** Of the intervals that are shown. */
const CONFIDENCE = 0.95;

/**
 * How the rows of a window are counted by the groups of `gates.fairness`, each expression once; not by those of which the
 * log lacks a column. The spec may be newer than the version, which was then judged on no such groups.
 */
export function groupReadings(
  spec: Pick<ModelSpec, 'from' | 'join' | 'gates'>,
  signature: Pick<Signature, 'inputs'>,
  { fairness }: Pick<VersionEvaluation, 'fairness'>,
): GroupReading[] {
  return [...new Set(spec.gates.fairness.map(({ group }) => group))]
    .filter((by) => unloggedColumns(by, spec, signature).length === 0)
    .map((by) => {
      const judged = fairness.filter((found) => found.by === by);
      const known = judged.flatMap(({ groups, tooSmall }) => [...groups, ...tooSmall]);
      return { by, known: known.flatMap(({ group }) => (group === null ? [] : [group])) };
    });
}

/**
 * Whom a binary model selects, by the groups of `gates.fairness`, without truth. A ratio of selection rates is breached
 * when it is surely below the declared bound: when `bound x higher - lower` is above 0 with the confidence of SURE, over
 * all groups of the rule together (Bonferroni).
 * Source: the four-fifths rule, 29 CFR 1607.4(D), EEOC 1978; the interval of the difference from Wilson's of the rates:
 * Newcombe, Statistics in Medicine 17, 1998, of scaled ones: Zou and Donner, Statistics in Medicine 27, 2008 (MOVER).
 * @param signature of the version that answered: the log has its inputs, without the sensitive ones
 * @param counted as `groupReadings` says
 */
export function groupSelection(
  spec: Pick<ModelSpec, 'from' | 'join' | 'gates'>,
  signature: Pick<Signature, 'inputs'>,
  counted: readonly GroupCounts[],
): GroupSelection[] {
  return spec.gates.fairness.map((rule) => {
    const counts = counted.find(({ by }) => by === rule.group);
    if (!counts) {
      const missing = unloggedColumns(rule.group, spec, signature);
      return { by: rule.group, missing, reference: null, rows: 0, groups: [] };
    }
    return selectionOf(rule, counts);
  });
}

/** The columns of an expression that the prediction log does not keep. */
export function unloggedColumns(
  expression: string,
  spec: Pick<ModelSpec, 'from' | 'join'>,
  { inputs }: Pick<Signature, 'inputs'>,
): string[] {
  const logged = inputs.filter(({ column }) => column.sensitive === undefined).map(({ name }) => name);
  return parseExpression(expression, modelColumns(spec)).columns.filter((name) => !logged.includes(name));
}

function selectionOf(
  { reference: wanted, minRows, disparateImpact: bound }: FairnessSpec,
  { by, apart, missing, other }: GroupCounts,
): GroupSelection {
  const groups = [...apart, { group: null, ...missing }];
  const counted = groups
    .filter(({ rows }) => rows >= minRows)
    .sort((a, b) => b.rows - a.rows || compareNames(a.group, b.group));
  const reference = counted.find(({ group }) => wanted === undefined || group === wanted);
  const confidence = 1 - (2 * (1 - SURE)) / Math.max(1, counted.length - 1);
  return {
    by,
    missing: [],
    reference: reference ? { group: reference.group } : null,
    rows: groups.reduce((sum, { rows }) => sum + rows, other),
    ...(other > 0 && { other }),
    groups: counted.map((one) => ({
      group: one.group,
      rows: one.rows,
      selectionRate: wilson(one.selected, one.rows, CONFIDENCE),
      disparateImpact: reference ? ratio(one, reference) : null,
      breached: reference !== undefined && isBelow(one, reference, bound, confidence),
    })),
  };
}

/** The lower rate over the higher; 1 when nobody is selected in either. */
function ratio(a: Selected, b: Selected): number {
  const [first, second] = [a.selected / a.rows, b.selected / b.rows];
  return first === second ? 1 : Math.min(first, second) / Math.max(first, second);
}

/** Whether the ratio of two groups' rates is surely below `bound`. */
function isBelow(a: Selected, b: Selected, bound: number, confidence: number): boolean {
  const [low, high] = [a, b]
    .map(
      ({ selected, rows }) => wilson(selected, rows, confidence) as Record<'value' | 'low' | 'high', number>,
    )
    .sort((one, other) => one.value - other.value) as [Interval, Interval];
  const reach = Math.hypot(low.high - low.value, bound * (high.value - high.low));
  return bound * high.value - low.value > reach;
}

type Interval = Readonly<Record<'value' | 'low' | 'high', number>>;
