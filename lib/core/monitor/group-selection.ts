import { groupRows, splitBySize } from '../evaluate/group-rows.ts';
import { wilson } from '../evaluate/interval.ts';
import { parseExpression, type Row } from '../expression/index.ts';
import type { Prediction } from '../serve/answer.ts';
import { inputTypes, type Signature } from '../serve/signature.ts';
import type { FairnessSpec } from '../spec/gates.ts';
import { type ModelSpec, modelColumns } from '../spec/model.ts';
import type { GroupSelection } from './report.ts';
import { SURE } from './sure.ts';

/** Of the intervals that are shown. */
const CONFIDENCE = 0.95;

/**
 * Whom a binary model selects, by the groups of `gates.fairness`, without truth. A ratio of selection rates is breached
 * when it is surely below the declared bound: when `bound x higher - lower` is above 0 with the confidence of SURE, over
 * all groups of the rule together (Bonferroni).
 * Source: the four-fifths rule, 29 CFR 1607.4(D), EEOC 1978; the interval of the difference from Wilson's of the rates:
 * Newcombe, Statistics in Medicine 17, 1998, of scaled ones: Zou and Donner, Statistics in Medicine 27, 2008 (MOVER).
 * @param signature of the version that answered: the log has its inputs, without the sensitive ones
 */
export function groupSelection(
  spec: Pick<ModelSpec, 'from' | 'join' | 'gates'>,
  signature: Pick<Signature, 'inputs'>,
  sample: readonly { readonly inputs: Row; readonly prediction: Prediction }[],
): GroupSelection[] {
  const decided = sample.flatMap(({ inputs, prediction }) =>
    'positive' in prediction ? [{ inputs, positive: prediction.positive }] : [],
  );
  return spec.gates.fairness.map((rule) => {
    const missing = unloggedColumns(rule.group, spec, signature);
    if (missing.length > 0) return { by: rule.group, missing, reference: null, rows: 0, groups: [] };
    return selectionOf(rule, signature, decided);
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

interface Selected {
  readonly selected: number;
  readonly rows: number;
}

function selectionOf(
  { group: by, reference: wanted, minRows, disparateImpact: bound }: FairnessSpec,
  signature: Pick<Signature, 'inputs'>,
  decided: readonly { readonly inputs: Row; readonly positive: boolean }[],
): GroupSelection {
  const groups = groupRows(
    by,
    inputTypes(signature),
    decided.map(({ inputs }) => inputs),
  );
  const counted = splitBySize(groups, minRows).large.map(({ group, rows }) => ({
    group,
    rows: rows.length,
    selected: rows.filter((row) => decided[row]?.positive).length,
  }));
  const reference = counted.find(({ group }) => wanted === undefined || group === wanted);
  const confidence = 1 - (2 * (1 - SURE)) / Math.max(1, counted.length - 1);
  return {
    by,
    missing: [],
    reference: reference ? { group: reference.group } : null,
    rows: decided.length,
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
