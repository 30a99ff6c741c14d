import { describe, expect, it } from 'vitest';
import { decideScores, toPredictions } from '#core/serve/decide.ts';
import type { Decision } from '#core/serve/decision.ts';

const plain: Decision = { format: 1, calibration: null, threshold: null };
const binary = (threshold: number | null) =>
  toPredictions({ task: 'binary' }, { ...plain, threshold }, [0.25, 0.5, 0.75], Float32Array.of(-1, 0, 1));

describe('decideScores', () => {
  const scores = Float32Array.of(0.125, 0.5, 0.75);

  it('leaves the scores of a model without calibration as they are', () => {
    expect(decideScores(plain, scores)).toBe(scores);
  });

  it('goes along the straight lines of an isotonic calibration', () => {
    const calibration = { kind: 'isotonic', x: [0.25, 0.75], y: [0.1, 0.9] } as const;
    const decided = decideScores({ ...plain, calibration }, scores);
    expect(Array.from(decided)).toEqual([0.1, expect.closeTo(0.5, 12), 0.9]);
  });

  it("follows Platt's curve: 1 / (1 + exp(a * log odds + b))", () => {
    // Log odds of 1/8, 1/2 and 3/4 are -ln 7, 0 and ln 3; with a = -2 the odds are squared, with b = ln 2 halved.
    const calibration = { kind: 'platt', a: -2, b: Math.log(2) } as const;
    const decided = decideScores({ ...plain, calibration }, scores);
    expect(Array.from(decided)).toEqual([1 / 99, 1 / 3, 9 / 11].map((value) => expect.closeTo(value, 12)));
  });
});

describe('toPredictions of a binary model', () => {
  it('gives the probability, the margin and the answer of each row', () => {
    expect(binary(0.6)).toEqual([
      { probability: 0.25, margin: -1, positive: false },
      { probability: 0.5, margin: 0, positive: false },
      { probability: 0.75, margin: 1, positive: true },
    ]);
  });

  it.each([
    [0.5, [false, true, true]],
    [0.5000001, [false, false, true]],
    [0, [true, true, true]],
    [1, [false, false, false]],
  ])('answers yes from the threshold %d on, which counts itself', (threshold, answers) => {
    expect(binary(threshold).map((prediction) => 'positive' in prediction && prediction.positive)).toEqual(
      answers,
    );
  });

  it('decides by the calibrated probability and still tells the margin of the model itself', () => {
    const calibration = { kind: 'isotonic', x: [0, 1], y: [0, 0.5] } as const;
    const decision: Decision = { format: 1, calibration, threshold: 0.4 };
    const scores = Float32Array.of(0.75, 0.875);
    const margins = Float32Array.of(1.0986123, 1.9459101);
    expect(toPredictions({ task: 'binary' }, decision, decideScores(decision, scores), margins)).toEqual([
      { probability: 0.375, margin: margins[0], positive: false },
      { probability: 0.4375, margin: margins[1], positive: true },
    ]);
  });
});

describe('toPredictions of a multiclass model', () => {
  const classes = ['a', 'b', 'c'];
  const predict = (scores: number[]) =>
    toPredictions({ task: 'multiclass', classes }, plain, scores, scores.map(Math.log));

  it('answers the likeliest class of each row and the probability of every class', () => {
    expect(predict([0.2, 0.5, 0.3, 0.1, 0.2, 0.7])).toEqual([
      { label: 'b', probabilities: { a: 0.2, b: 0.5, c: 0.3 } },
      { label: 'c', probabilities: { a: 0.1, b: 0.2, c: 0.7 } },
    ]);
  });

  it('answers the first of equals', () => {
    const labels = predict([0.4, 0.4, 0.2, 0.2, 0.4, 0.4]).map((row) => 'label' in row && row.label);
    expect(labels).toEqual(['a', 'b']);
  });

  it('names classes by any text', () => {
    const [prediction] = toPredictions(
      { task: 'multiclass', classes: ['constructor', '__proto__'] },
      plain,
      [0.25, 0.75],
      [0, 0],
    );
    expect(JSON.stringify(prediction)).toBe(
      '{"label":"__proto__","probabilities":{"constructor":0.25,"__proto__":0.75}}',
    );
  });
});

it('toPredictions of a regression model gives the value in the unit of the label', () => {
  const values = Float32Array.of(12.5, -3);
  expect(toPredictions({ task: 'regression' }, plain, values, values)).toEqual([
    { value: 12.5 },
    { value: -3 },
  ]);
});
