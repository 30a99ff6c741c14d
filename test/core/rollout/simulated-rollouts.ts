import { type Random, seededRandom } from '#core/random/seeded-random.ts';
import { noCounts } from '#core/registry/served-counts.ts';
import { LATENCY_BOUNDS, type ServedCounts } from '#core/registry/serving-records.ts';
import { judgeRollout } from '#core/rollout/judge-rollout.ts';
import { lossOf } from '#core/rollout/judge-truth.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import type { Outcome } from '#core/serve/join-truth.ts';
import { scoreBin } from '#core/serve/score-bin.ts';
import { RolloutSpec } from '#core/spec/rollout.ts';

/** How a version behaves. */
export interface Behaviour {
  /** Share of requests that fail. */
  readonly errors: number;
  /** Of the usual latency, which is log-normal with median 20 ms. */
  readonly slower: number;
  /** Added to the log odds of all scores; what happens goes with them. */
  readonly shift: number;
  /** Standard deviation of what it errs by, in log odds. */
  readonly noise: number;
}

export const GOOD: Behaviour = { errors: 0.01, slower: 1, shift: 0, noise: 0 };

/** Noise that makes the mean log loss 0.1 larger. */
export const NOISE_OF_A_TENTH = 1.115;

const LOOKS = 30;
const TRUTH_EVERY = 15;
const VERSIONS = { champion: 1, candidate: 2 };
const { health } = RolloutSpec.parse({});

/** How a challenger is tried. */
export interface Trial {
  /** Shares that it answers, one after the other, each looked at 30 times. */
  readonly percents: readonly number[];
  /** Requests between two looks. */
  readonly requestsALook: number;
  /** `health.slower`. */
  readonly slower?: number;
}

/** The first breach of a rollout; undefined: none. */
export function firstBreach(
  seed: string,
  behaviour: Behaviour,
  { percents, requestsALook, slower = health.slower }: Trial,
): string | undefined {
  const random = seededRandom(seed);
  const outcomes: Outcome[] = [];
  const stageStarts: string[] = [];
  let requests = 0;
  for (const percent of percents) {
    const counts = { champion: noTally(), candidate: noTally() };
    stageStarts.push(instant(requests));
    for (let look = 1; look <= LOOKS; look++) {
      for (let index = 0; index < requestsALook; index++) {
        const role = random.uniform() * 100 < percent ? 'candidate' : 'champion';
        const outcome = serve(
          random,
          requests++,
          role,
          role === 'candidate' ? behaviour : GOOD,
          counts[role],
        );
        if (outcome) outcomes.push(outcome);
      }
      const truth = look % TRUTH_EVERY === 0 && { truth: { outcomes, stageStarts, versions: VERSIONS } };
      const { breaches } = judgeRollout({ counts, binned: true, ...truth }, { ...health, slower });
      if (breaches.length > 0) return breaches[0];
    }
  }
  return undefined;
}

/** How much larger the mean log loss of a behaviour is than a good one's, over this many rows. */
export function excessLoss(behaviour: Behaviour, rows: number): number {
  const mean = (served: Behaviour) => {
    const random = seededRandom('loss');
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const outcome = serve(random, row, 'candidate', { ...served, errors: 0 }, noTally()) as Outcome;
      sum += lossOf(outcome.prediction, outcome.actual) as number;
    }
    return sum / rows;
  };
  return mean(behaviour) - mean(GOOD);
}

const instant = (second: number) => new Date(second * 1000).toISOString();

type Tally = {
  -readonly [Count in keyof ServedCounts]: ServedCounts[Count] extends number ? number : number[];
};

const noTally = (): Tally => ({
  requests: 0,
  rows: 0,
  errors: 0,
  latency: [...noCounts().latency],
  scores: [...noCounts().scores],
});

/** One request of one row, counted. @returns what happened, unless it failed */
function serve(
  random: Random,
  index: number,
  role: 'champion' | 'candidate',
  { errors, slower, shift, noise }: Behaviour,
  tally: Tally,
): Outcome | undefined {
  tally.requests++;
  if (random.uniform() < errors) {
    tally.errors++;
    return undefined;
  }
  const ms = slower * 20 * Math.exp(0.6 * random.normal());
  const bucket = LATENCY_BOUNDS.findIndex((bound) => ms <= bound);
  (tally.latency[bucket === -1 ? LATENCY_BOUNDS.length : bucket] as number)++;
  const logOdds = -1 + 1.2 * random.normal() + shift;
  const actual = random.uniform() < logistic(logOdds);
  const probability = logistic(logOdds + noise * random.normal());
  const answer = { probability, margin: 0, positive: probability >= 0.5 };
  tally.rows++;
  (tally.scores[scoreBin(answer, [], [])] as number)++;
  const prediction: LoggedPrediction = {
    id: `${index}#0`,
    model: 'trips-late',
    version: VERSIONS[role],
    variant: role === 'candidate' ? 'canary' : 'champion',
    latencyMs: ms,
    at: instant(index),
    key: {},
    inputs: {},
    ...answer,
  };
  return { prediction, actual, at: prediction.at };
}

const logistic = (logOdds: number) => 1 / (1 + Math.exp(-logOdds));
