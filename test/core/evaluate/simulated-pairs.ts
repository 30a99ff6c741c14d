import { type NonInferiorityInput, nonInferiority } from '#core/evaluate/non-inferiority.ts';
import { normalQuantile } from '#core/evaluate/normal.ts';
import { type Random, seededRandom } from '#core/random/seeded-random.ts';

/** Labels and two models' probabilities for the same rows. */
export type Pair = Pick<NonInferiorityInput, 'labels' | 'champion' | 'challenger'>;

const squash = (odds: number) => 1 / (1 + Math.exp(-odds));

/**
 * Kinds of rows as a late-flights model meets them: true chances from 2 to 70 in 100, about 23 in
 * 100 together. The champion knows them, the challenger is less sure than it should be and errs to either side.
 */
const kinds = Array.from({ length: 200 }, (_, index) => {
  const odds = -1.4 + normalQuantile((Math.floor(index / 2) + 0.5) / 100);
  return { truth: squash(odds), guess: squash(0.8 * odds - 0.2 + (index % 2 ? 0.3 : -0.3)) };
});

const meanOverKinds = (excess: (truth: number, guess: number) => number) =>
  kinds.reduce((sum, { truth, guess }) => sum + excess(truth, guess), 0) / kinds.length;

/** By how much the challenger of `drawLosses` is truly worse. */
export const TRUE_EXCESS = {
  logLoss: meanOverKinds((p, q) => p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q))),
  brier: meanOverKinds((p, q) => (p - q) ** 2),
};

/** A challenger that is worse by exactly `TRUE_EXCESS`. */
export function drawLosses(random: Random, rows: number): Pair {
  const drawn = Array.from(
    { length: rows },
    () => kinds[random.integer(0, kinds.length - 1)] as (typeof kinds)[number],
  );
  return {
    labels: drawn.map(({ truth }) => Number(random.uniform() < truth)),
    champion: drawn.map(({ truth }) => truth),
    challenger: drawn.map(({ guess }) => guess),
  };
}

export interface Rankings {
  readonly rows: number;
  /** The true AUCs of champion and challenger. */
  readonly areas: readonly [number, number];
  /** Between the two scores of a row, given its label. @default 0.9, as of two models on the same data */
  readonly correlation?: number;
}

/**
 * Scores that are normal within each class, one row in five positive: the AUC of a shift by s standard deviations is
 * P(Z <= s / sqrt 2) exactly.
 */
export function drawRankings(random: Random, { rows, areas, correlation = 0.9 }: Rankings): Pair {
  const [better, worse] = areas.map((area) => Math.SQRT2 * normalQuantile(area)) as [number, number];
  const labels = Array.from({ length: rows }, (_, row) => Number(row % 5 === 0));
  const shared = labels.map(() => Math.sqrt(correlation) * random.normal());
  const score = (shift: number) =>
    labels.map((label, row) =>
      squash(shift * label + (shared[row] as number) + Math.sqrt(1 - correlation) * random.normal()),
    );
  return { labels, champion: score(better), challenger: score(worse) };
}

/** How often, of `pairs` drawn with this seed, the challenger is found to be at most `margin` worse. */
export function passShare(
  seed: string,
  pairs: number,
  rule: Pick<NonInferiorityInput, 'metric' | 'margin'>,
  draw: (random: Random) => Pair,
): number {
  const random = seededRandom(seed);
  let passed = 0;
  for (let pair = 0; pair < pairs; pair++) {
    if (nonInferiority({ ...rule, confidence: 0.95, ...draw(random) }).holds) passed++;
  }
  return passed / pairs;
}
