import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BinMismatchError } from '#core/drift/errors.ts';
import {
  type AnswerCounts,
  answerCounter,
  mergeAnswers,
  probabilityBin,
} from '#core/monitor/answer-counts.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import type { Prediction } from '#core/serve/answer.ts';

function counted(predictions: readonly Prediction[], threshold: number | null = 0.5) {
  const answers = answerCounter(threshold);
  for (const prediction of predictions) answers.add(prediction);
  return answers.counts();
}
const binary = (probability: number): Prediction => ({ probability, margin: 0, positive: false });
const multiclass = (probabilities: Readonly<Record<string, number>>): Prediction => ({
  ...{ label: 'a', probabilities },
});
const probability = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 1e-6, noNaN: true }),
  fc.double({ min: 0.999, max: 1, noNaN: true }),
  fc.constantFrom(0, 0.5, 1),
);

describe('the bin of a probability', () => {
  it('rises with it, from 0 to 1,856', () => {
    expect([0, 0.5, 1].map(probabilityBin)).toEqual([0, 928, 1856]);
    fc.assert(
      fc.property(probability, probability, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(probabilityBin(low)).toBeLessThanOrEqual(probabilityBin(high));
      }),
    );
  });

  it('is at most 1/32 as wide as it is away from the nearer end', () => {
    const away = (p: number) => Math.min(p, 1 - p);
    fc.assert(
      fc.property(probability, fc.double({ min: 1, max: 1.1, noNaN: true }), (p, factor) => {
        const other = p <= 0.5 ? Math.min(p * factor, 0.5) : 1 - (1 - p) / factor;
        const [near, far] = [away(p), away(other)].sort((a, b) => a - b) as [number, number];
        fc.pre(near > 2 ** -30 && far - near > near / 32);
        expect(probabilityBin(p)).not.toBe(probabilityBin(other));
      }),
    );
  });

  it('is one below a distance of 2^-30', () => {
    expect([1e-300, 1e-12, 2 ** -31].map(probabilityBin)).toEqual([0, 0, 0]);
    expect(probabilityBin(1 - 1e-12)).toBe(1856);
  });
});

describe('the answers of a binary model', () => {
  it('are counted by probability, what reaches the threshold apart from what does not', () => {
    const answers = counted([0.5, 0.25, 0.5, 0.501].map(binary), 0.501);
    expect(answers).toMatchObject({
      rows: 4,
      bins: [
        { bin: probabilityBin(0.25), positive: false, rows: 1, expected: [0.25] },
        { bin: 928, positive: false, rows: 2, expected: [1] },
        { bin: probabilityBin(0.501), positive: true, rows: 1, expected: [0.501] },
      ],
    });
    expect(counted([0.49, 0.5].map(binary), null)).toMatchObject({
      bins: [{ positive: false }, { positive: true }],
    });
    // Both are of one bin, which the threshold cuts.
    const split = counted([0.502, 0.503].map(binary), 0.503);
    const bin = probabilityBin(0.503);
    expect(split).toMatchObject({
      bins: [
        { bin, positive: false },
        { bin, positive: true },
      ],
    });
  });

  it('that are no probabilities, and numbers, say nothing', () => {
    // As the log has what is no number.
    const broken = [null, -0.1, 1.1].map((value) => binary(value as number));
    expect(counted(broken)).toBeNull();
    expect(counted([{ value: 3 }])).toBeNull();
    expect(counted([multiclass({ a: 0.4, b: null as never })])).toBeNull();
    expect(counted([...broken, binary(0.3)])).toEqual(counted([binary(0.3)]));
  });

  it('of any number of rows are at most 1,858 bins, and small', () => {
    const random = seededRandom('answers');
    const answers = counted(
      Array.from({ length: 100_000 }, () => binary(1 / (1 + Math.exp(30 * (random.uniform() - 0.5))))),
    );
    expect(JSON.stringify(answers).length).toBeLessThan(200_000);
  });
});

it('the answers of a multiclass model are counted by class: answered, expected, and expected where answered', () => {
  const answers = counted([
    multiclass({ b: 0.75, a: 0.25 }),
    multiclass({ b: 0.5, a: 0.5 }),
    multiclass({ b: 0.25, a: 0.75 }),
  ]);
  expect(answers).toMatchObject({
    rows: 3,
    classes: [
      { label: 'a', rows: 1, expected: [1.5], right: [0.75] },
      { label: 'b', rows: 2, expected: [1.5], right: [1.25] },
    ],
  });
});

describe('merged answers', () => {
  /** A threshold in the middle of a bin, with rows of it on both sides. */
  const CUT = 0.301;
  const parted = <Of>(of: fc.Arbitrary<Of>) =>
    fc.array(fc.record({ prediction: of, part: fc.nat(4) }), { maxLength: 80 });
  const answered = fc.oneof(
    parted(fc.oneof(probability, fc.double({ min: CUT - 1e-3, max: CUT + 1e-3, noNaN: true })).map(binary)),
    parted(
      fc
        .tuple(probability, probability, fc.boolean())
        .map(([first, b, isOther]) => multiclass(isOther ? { b, a: first } : { c: first, 7: 0.5, b })),
    ),
  );

  it('of any parts, in any order, are those of the whole, to the bit', () => {
    fc.assert(
      fc.property(answered, fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), (rows, order) => {
        const parts = order.map((number) =>
          counted(
            rows.filter(({ part }) => part === number).map(({ prediction }) => prediction),
            CUT,
          ),
        );
        const kept = JSON.parse(JSON.stringify(parts)) as (AnswerCounts | null)[];
        const whole = counted(
          rows.map(({ prediction }) => prediction),
          CUT,
        );
        expect(kept.reduce(mergeAnswers)).toEqual(whole);
        expect(kept.reduceRight(mergeAnswers)).toEqual(whole);
      }),
    );
  });

  it('of models of two kinds are refused', () => {
    const [one, other] = [counted([binary(0.3)]), counted([multiclass({ a: 1 })])];
    expect(() => mergeAnswers(one, other)).toThrow(BinMismatchError);
    expect(() => mergeAnswers(other, one)).toThrow('must be classes, got bins');
  });
});
