import { clipProbability } from '../evaluate/losses.ts';
import { figure } from '../figures.ts';
import { type Prediction, withoutShadow } from '../serve/answer.ts';
import type { Outcome } from '../serve/join-truth.ts';
import type { Actual } from '../serve/truth.ts';
import type { RolloutHealth } from '../spec/rollout.ts';
import { breach, type Judgement, SOUND, tooFew } from './judgement.ts';
import { meanBoundary } from './sequential-test.ts';

/** How much worse the challenger is, in one stage. */
interface Difference {
  readonly champion: number;
  readonly candidate: number;
  readonly mean: number;
  /** Of the mean. */
  readonly variance: number;
  /** Requests with truth. */
  readonly requests: { readonly champion: number; readonly candidate: number };
  /** As many observations of a difference as it is worth. */
  readonly worth: number;
}

/**
 * Is the challenger's mean loss above the champion's by more than `health.worse`? One-sided, see `meanBoundary`, over
 * all stages so far, so that truth which comes late counts; each stage by itself, so that a harder day, when the
 * challenger happened to answer more, is not held against it. Rows that both scored, as in a shadow, are compared row
 * by row, the others with each other: instances learn of a stage up to 5 s late, so that a canary's begins with a few of
 * the shadow. A request counts once, with the mean loss of its rows, which are often alike.
 * @param outcomes of the champion and the challenger, since the rollout began: of a part of them that moves the level
 *   holds at each look only
 * @param stageStarts when each stage began, ISO 8601, UTC, ascending
 */
export function judgeTruth(
  outcomes: readonly Outcome[],
  stageStarts: readonly string[],
  versions: { readonly champion: number; readonly candidate: number },
  health: RolloutHealth,
): Judgement {
  const stages = stageStarts.map((start, index) => {
    const end = stageStarts[index + 1];
    return outcomes.filter(({ prediction: { at } }) => at >= start && (end === undefined || at < end));
  });
  const differences = stages.flatMap((rows) => compare(rows, versions));
  const add = (of: (difference: Difference) => number) =>
    differences.reduce((sum, difference) => sum + of(difference), 0);
  const requests = { champion: add((d) => d.requests.champion), candidate: add((d) => d.requests.candidate) };
  const few = tooFew('truth', 'requests with truth', requests, health.minRequests);
  if (few) return few;
  const worth = add((difference) => difference.worth);
  const mean = (of: (difference: Difference) => number) => add((d) => d.worth * of(d)) / worth;
  const error = Math.sqrt(add((d) => (d.worth / worth) ** 2 * d.variance));
  const excess = mean((d) => d.mean) - health.worse;
  if (excess <= meanBoundary(worth, health.minRequests) * error) return SOUND;
  return breach(
    `truth: the challenger's mean loss is ${figure(mean((d) => d.candidate))}, the champion's ` +
      `${figure(mean((d) => d.champion))}; ${figure(health.worse)} more is allowed ` +
      `(${requests.candidate} and ${requests.champion} requests with truth)`,
  );
}

/** ln loss of a probability, squared error of a number; undefined where the truth is not of the prediction's kind. */
export function lossOf(prediction: Prediction, actual: Actual): number | undefined {
  if ('probability' in prediction) {
    if (typeof actual !== 'boolean') return undefined;
    const { probability } = prediction;
    return -Math.log(clipProbability(actual ? probability : 1 - probability));
  }
  if ('label' in prediction) {
    if (typeof actual !== 'string') return undefined;
    return -Math.log(clipProbability(prediction.probabilities[actual] ?? 0));
  }
  return typeof actual === 'number' ? (actual - prediction.value) ** 2 : undefined;
}

/** Of the rows that both scored, and of the others; without what is too little to tell how much it varies. */
function compare(
  outcomes: readonly Outcome[],
  versions: { readonly champion: number; readonly candidate: number },
): Difference[] {
  const champion = new Map<string, number>();
  const shadows = new Map<string, number>();
  const canary = new Map<string, number>();
  for (const { prediction, actual } of outcomes) {
    const loss = lossOf(prediction, actual);
    const { version, variant, id } = prediction;
    if (loss === undefined) continue;
    if (variant === 'champion' && version === versions.champion) champion.set(id, loss);
    if (variant === 'canary' && version === versions.candidate) canary.set(id, loss);
    if (variant === 'shadow' && version === versions.candidate) shadows.set(withoutShadow(id), loss);
  }
  const pairs = new Map([...shadows].filter(([id]) => champion.has(id)));
  const alone = new Map([...champion].filter(([id]) => !pairs.has(id)));
  return [
    ...comparePairs(pairs, (id) => champion.get(id) as number),
    ...compareSamples(byRequest(alone), byRequest(canary)),
  ];
}

/** @param pairs the challenger's losses */
function comparePairs(pairs: ReadonlyMap<string, number>, champion: (id: string) => number): Difference[] {
  const paired = byRequest(pairs, (id, loss) => loss - champion(id));
  if (paired.length < 2) return [];
  const both = { champion: paired.length, candidate: paired.length };
  const before = moments(byRequest(pairs, champion)).mean;
  const { mean, variance } = moments(paired);
  return [
    { champion: before, candidate: before + mean, mean, variance, requests: both, worth: paired.length },
  ];
}

function compareSamples(before: readonly number[], after: readonly number[]): Difference[] {
  if (before.length < 2 || after.length < 2) return [];
  const [a, b] = [moments(before), moments(after)];
  return [
    {
      champion: a.mean,
      candidate: b.mean,
      mean: b.mean - a.mean,
      variance: a.variance + b.variance,
      requests: { champion: before.length, candidate: after.length },
      worth: (before.length * after.length) / (before.length + after.length),
    },
  ];
}

/** The mean of each request's rows, by id `<request>#<row>`. */
function byRequest(
  rows: ReadonlyMap<string, number>,
  value = (_id: string, loss: number): number => loss,
): number[] {
  const requests = new Map<string, number[]>();
  for (const [id, loss] of rows) {
    const request = id.slice(0, id.indexOf('#'));
    const values = requests.get(request) ?? [];
    requests.set(request, values);
    values.push(value(id, loss));
  }
  return [...requests.values()].map((values) => values.reduce((sum, loss) => sum + loss, 0) / values.length);
}

/** Mean, and the variance of the mean: s^2 / n with s over n - 1. */
function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) / values.length };
}
