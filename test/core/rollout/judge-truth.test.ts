import { describe, expect, it } from 'vitest';
import { seededRandom } from '#core/random/seeded-random.ts';
import type { Variant } from '#core/registry/serving-records.ts';
import { judgeTruth, lossOf } from '#core/rollout/judge-truth.ts';
import type { Prediction } from '#core/serve/answer.ts';
import type { Outcome } from '#core/serve/join-truth.ts';
import type { Actual } from '#core/serve/truth.ts';
import { RolloutSpec } from '#core/spec/rollout.ts';

const { health } = RolloutSpec.parse({});
const VERSIONS = { champion: 1, candidate: 2 };
const [FIRST, SECOND] = ['2013-04-01T00:00:00.000Z', '2013-04-02T00:00:00.000Z'];

function outcome(id: string, version: number, variant: Variant, probability: number, at = FIRST): Outcome {
  const answer = { probability, margin: 0, positive: false };
  const row = { model: 'trips-late', latencyMs: 1, key: {}, inputs: {} };
  return { prediction: { id, version, variant, at, ...row, ...answer }, actual: true, at };
}

const judge = (outcomes: Outcome[], change: Partial<typeof health> = {}, starts = [FIRST]) =>
  judgeTruth(outcomes, starts, VERSIONS, { ...health, ...change });

/** Probabilities around `mean` of what happens, of as many requests. */
function requests(count: number, version: number, variant: Variant, mean: number, at = FIRST): Outcome[] {
  const random = seededRandom(`${version} ${at}`);
  return Array.from({ length: count }, (_, index) =>
    outcome(`${version}-${at}-${index}#0`, version, variant, mean + (random.uniform() - 0.5) * 0.2, at),
  );
}

describe('the loss of a prediction', () => {
  const loss = (prediction: Prediction, actual: Actual) => lossOf(prediction, actual);
  it('is minus the logarithm of what was given to what happened, and a squared error of a number', () => {
    const binary = { probability: 0.8, margin: 1, positive: true };
    expect(loss(binary, true)).toBeCloseTo(0.22314355131420976, 12);
    expect(loss(binary, false)).toBeCloseTo(1.6094379124341005, 12);
    const classes = { label: 'a', probabilities: { a: 0.7, b: 0.3 } };
    expect(loss(classes, 'b')).toBeCloseTo(1.2039728043259361, 12);
    expect(loss({ value: 3 }, 5)).toBe(4);
  });

  it('of a sure mistake, or of a class that the model never learned, is large and not endless', () => {
    expect(loss({ probability: 0, margin: 0, positive: false }, true)).toBeCloseTo(34.538776394910684, 9);
    expect(loss({ label: 'a', probabilities: { a: 1 } }, 'new')).toBeCloseTo(34.538776394910684, 9);
  });

  it('of truth of another kind is none', () => {
    expect(loss({ value: 3 }, true)).toBeUndefined();
    expect(loss({ label: 'a', probabilities: { a: 1 } }, 1)).toBeUndefined();
    expect(loss({ probability: 0.5, margin: 0, positive: true }, 'yes')).toBeUndefined();
  });
});

describe('a challenger with truth', () => {
  it('that is worse is taken back, with the losses and how many there were', () => {
    const outcomes = [...requests(900, 1, 'champion', 0.8), ...requests(300, 2, 'canary', 0.6)];
    expect(judge(outcomes).breaches).toEqual([
      "truth: the challenger's mean loss is 0.514, the champion's 0.226; 0 more is allowed (300 and 900 requests with truth)",
    ]);
    expect(judge(outcomes, { worse: 0.4 }).breaches).toEqual([]);
  });

  it('that is better, or as good, goes on', () => {
    const champion = requests(900, 1, 'champion', 0.7);
    expect(judge([...champion, ...requests(300, 2, 'canary', 0.85)])).toEqual({ breaches: [], notes: [] });
    expect(judge([...champion, ...requests(300, 2, 'canary', 0.7)])).toEqual({ breaches: [], notes: [] });
  });

  it('is not judged by fewer requests than asked for', () => {
    const outcomes = [...requests(900, 1, 'champion', 0.8), ...requests(99, 2, 'canary', 0.2)];
    expect(judge(outcomes)).toEqual({
      breaches: [],
      notes: [
        'truth not judged: the challenger has 99 and the champion 900 requests with truth, 100 of each are needed',
      ],
    });
    expect(judge(outcomes, { minRequests: 99 }).breaches).toHaveLength(1);
  });

  it('is not judged by many alike rows of a few requests', () => {
    const rows = Array.from({ length: 500 }, (_, row) =>
      outcome(`x${row % 5}#${row}`, 2, 'canary', 0.2 + row / 10_000),
    );
    expect(judge([...requests(900, 1, 'champion', 0.8), ...rows]).breaches).toEqual([]);
  });

  it('in the shadow is compared row by row: a small difference shows that two samples would hide', () => {
    const random = seededRandom('pairs');
    const pairs = Array.from({ length: 150 }, (_, index) => {
      const probability = 0.1 + 0.8 * random.uniform();
      const worse = probability * (0.97 + 0.02 * random.uniform());
      return [
        outcome(`r${index}#0`, 1, 'champion', probability),
        outcome(`r${index}#0~shadow`, 2, 'shadow', worse),
      ];
    });
    expect(judge(pairs.flat()).breaches).toHaveLength(1);
    const strangers = pairs.map(([champion, shadow], index) => [
      champion as Outcome,
      {
        ...(shadow as Outcome),
        prediction: { ...(shadow as Outcome).prediction, id: `s${index}#0`, variant: 'canary' as const },
      },
    ]);
    expect(judge(strangers.flat()).breaches).toEqual([]);
  });

  it('is not blamed for a harder day on which it answered more', () => {
    const easy = [...requests(900, 1, 'champion', 0.8), ...requests(100, 2, 'canary', 0.8)];
    const hard = [...requests(500, 1, 'champion', 0.5, SECOND), ...requests(500, 2, 'canary', 0.5, SECOND)];
    expect(judge([...easy, ...hard], {}, [FIRST, SECOND]).breaches).toEqual([]);
    expect(judge([...easy, ...hard], {}, [FIRST]).breaches).toHaveLength(1);
  });

  it('is judged by all rows of a canary that begins with a few of the shadow before it', () => {
    const late = [1, 2, 3].flatMap((index) => [
      outcome(`late${index}#0`, 1, 'champion', 0.8 - index / 100),
      outcome(`late${index}#0~shadow`, 2, 'shadow', 0.8),
    ]);
    const canary = [...requests(900, 1, 'champion', 0.8), ...requests(300, 2, 'canary', 0.6)];
    expect(judge([...late, ...canary]).breaches).toEqual([
      "truth: the challenger's mean loss is 0.51, the champion's 0.226; 0 more is allowed (303 and 903 requests with truth)",
    ]);
  });

  it('is judged by truth of its own rollout alone', () => {
    const before = [...requests(900, 1, 'champion', 0.8), ...requests(300, 2, 'canary', 0.2)];
    expect(judge(before, {}, [SECOND]).notes).toHaveLength(1);
    const third = requests(300, 3, 'canary', 0.2);
    expect(judge([...requests(900, 1, 'champion', 0.8), ...third]).breaches).toEqual([]);
    const asked = requests(300, 2, 'pinned', 0.2);
    expect(judge([...requests(900, 1, 'champion', 0.8), ...asked]).breaches).toEqual([]);
  });
});
