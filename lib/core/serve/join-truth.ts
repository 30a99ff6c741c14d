import { canonicalJson } from '../data/canonical-json.ts';
import type { Row } from '../expression/index.ts';
import { isShadow, type LoggedPrediction, withoutShadow } from './answer.ts';
import type { Actual, Truth } from './truth.ts';

/** A prediction whose truth is known. */
export interface Outcome {
  readonly prediction: LoggedPrediction;
  readonly actual: Actual;
  /** When this actual first came, ISO 8601, UTC. */
  readonly at: string;
}

/** What became of predictions and truths. Rows are those that were answered: a shadow's are not counted again. */
export interface JoinedTruth {
  /** Of every prediction that has truth, a shadow's too, in the order of `predictions`. */
  readonly outcomes: readonly Outcome[];
  /** Truths more than one for a row that said what an earlier one had said. */
  readonly repeated: number;
  /** Ids of rows that were told different actuals, sorted. */
  readonly conflicting: readonly string[];
  /** Truths that came too late for all they are of. */
  readonly late: number;
  /** Truths by an id that was never predicted. */
  readonly unknown: number;
  /** Truths by a key that was not predicted before they came: most rows of a dataset are asked about by nobody. */
  readonly unmatched: number;
}

/** When a file or a dataset version came is known to the second, cut off. */
export const ARRIVAL_MS = 1000;

/**
 * Joins predictions with what really happened. The order of neither matters, and a truth that comes k times counts
 * once. By id a truth is of that row and of its shadow's; by key of every row with that key that was predicted before
 * it came. Of actuals that differ the one that came last counts; of one instant, the one whose source and JSON sort
 * last.
 * @param withinSeconds how long after a prediction its truth is taken
 */
export function joinTruth(
  predictions: readonly LoggedPrediction[],
  truths: readonly Truth[],
  withinSeconds: number,
): JoinedTruth {
  const join = truthJoin(predictions, withinSeconds);
  for (const truth of truths) join.add(truth);
  return join.result();
}

/** `joinTruth` of truths that come one after the other; it holds no more than the predictions and what they came to. */
export interface TruthJoin {
  /** Whether it is of any of the predictions. */
  knows(truth: Truth): boolean;
  add(truth: Truth): void;
  result(): JoinedTruth;
}

/** What was told of a prediction. */
interface Claim {
  last: Truth;
  truths: number;
  /** When each actual first came. */
  readonly first: Map<Actual, string>;
}

export function truthJoin(predictions: readonly LoggedPrediction[], withinSeconds: number): TruthJoin {
  const find = indexOf(predictions);
  const claims = new Map<LoggedPrediction, Claim>();
  const counts = { late: 0, unknown: 0, unmatched: 0 };
  return {
    knows: (truth) => find(truth).length > 0,
    add(truth) {
      const known = find(truth);
      const taken = known.filter((prediction) => delayOf(prediction, truth) <= withinSeconds);
      if (known.length === 0) counts['id' in truth.of ? 'unknown' : 'unmatched']++;
      else if (taken.length === 0) counts.late++;
      for (const prediction of taken) claims.set(prediction, claimOf(claims.get(prediction), truth));
    },
    result() {
      const outcomes: Outcome[] = [];
      const conflicting = new Set<string>();
      let repeated = 0;
      for (const prediction of predictions) {
        const claim = claims.get(prediction);
        if (!claim) continue;
        const { last, truths, first } = claim;
        outcomes.push({ prediction, actual: last.actual, at: first.get(last.actual) ?? last.at });
        if (isShadow(prediction)) continue;
        repeated += truths - first.size;
        if (first.size > 1) conflicting.add(prediction.id);
      }
      return { outcomes, repeated, conflicting: [...conflicting].sort(), ...counts };
    },
  };
}

function claimOf(claim: Claim | undefined, truth: Truth): Claim {
  const { actual, at } = truth;
  if (!claim) return { last: truth, truths: 1, first: new Map([[actual, at]]) };
  claim.truths++;
  if (isLater(truth, claim.last)) claim.last = truth;
  const before = claim.first.get(actual);
  if (before === undefined || at < before) claim.first.set(actual, at);
  return claim;
}

/** The text that two keys share when their columns have the same values. */
export const keyIdentity = (key: Row): string => canonicalJson(key);

/** Seconds from a prediction to its truth; clocks that differ make it no less than 0. */
export function delayOf({ at }: Pick<LoggedPrediction, 'at'>, truth: { readonly at: string }): number {
  return Math.max(0, Date.parse(truth.at) - Date.parse(at)) / 1000;
}

function indexOf(predictions: readonly LoggedPrediction[]): (truth: Truth) => readonly LoggedPrediction[] {
  const byId = new Map<string, LoggedPrediction[]>();
  const byKey = new Map<string, LoggedPrediction[]>();
  for (const prediction of predictions) {
    add(byId, withoutShadow(prediction.id), prediction);
    add(byKey, keyIdentity(prediction.key), prediction);
  }
  return ({ of, at }) =>
    'id' in of
      ? (byId.get(of.id) ?? [])
      : (byKey.get(keyIdentity(of.key)) ?? []).filter(
          (prediction) => Date.parse(prediction.at) < Date.parse(at) + ARRIVAL_MS,
        );
}

function add(groups: Map<string, LoggedPrediction[]>, name: string, prediction: LoggedPrediction): void {
  const group = groups.get(name);
  if (group) group.push(prediction);
  else groups.set(name, [prediction]);
}

/** A total order of truths that differ in what they say. */
function isLater(truth: Truth, than: Truth): boolean {
  return order(truth) > order(than);
}

const order = ({ at, source, actual }: Truth) => `${at} ${source} ${canonicalJson(actual)}`;
