import { beforeAll, describe, expect, it } from 'vitest';
import { type Evaluation, evaluate } from '#core/evaluate/index.ts';
import type {
  BinaryPrediction,
  MulticlassPrediction,
  Prediction,
  PredictionAnswer,
  RegressionPrediction,
} from '#core/serve/answer.ts';
import type { VersionDetails } from '#lib/client/answers.ts';
import { client, waitFor } from './deployment.ts';
import { asRequest, dropOrders, type Order, orders } from './orders.ts';
import { champion } from './training.ts';

let version: VersionDetails;
/** What it was judged on: the newest 15 %. */
let rows: readonly Order[];

beforeAll(dropOrders);

/** The champion's answers to the rows that it was judged on. */
async function served<Answered extends Prediction>(model: string): Promise<readonly Answered[]> {
  version = await client.version(model, (await champion(model, dropOrders)).version);
  rows = orders().slice(-version.evaluation.test.rows);
  // An instance that was there before the version follows within seconds.
  const answer = await waitFor(`an answer of ${model}@${version.version}`, async () => {
    const answered = await client.predict(model, rows.map(asRequest));
    return answered.version === version.version && answered;
  });
  return (answer as PredictionAnswer<Answered>).predictions;
}

/** Every metric of the served answers, against the one that the version was approved by. */
function expectAsJudged(metrics: Evaluation['metrics']): void {
  for (const [metric, { value }] of Object.entries(version.evaluation.test.metrics)) {
    const own = (metrics as Record<string, { value: number | null }>)[metric]?.value;
    if (value === null) expect([metric, own]).toEqual([metric, null]);
    else expect(own, metric).toBeCloseTo(value, 10);
  }
}

describe('a linear model with calibration and a threshold by cost', () => {
  let predictions: readonly BinaryPrediction[];
  let labels: readonly number[];
  beforeAll(async () => {
    predictions = await served('orders-late');
    labels = rows.map(({ minutes }) => Number(minutes > 40));
  });

  it('answers with the very probabilities that it was judged by', () => {
    const { threshold } = version.evaluation.decision;
    const probabilities = predictions.map(({ probability }) => probability);
    expectAsJudged(evaluate('binary', labels, probabilities, { threshold: threshold as number }).metrics);
    expect(version.bundle.engine).toBe('linear');
    expect(version.evaluation.test.metrics).toMatchObject({ auc: { value: expect.closeTo(0.88, 1) } });
  });

  it('calls a row positive from the threshold on, which is where costs are lowest', () => {
    const { threshold, calibration } = version.evaluation.decision;
    // One false alarm against five misses: a row is worth it from about one in six on.
    expect(threshold).toBeGreaterThan(0.05);
    expect(threshold).toBeLessThan(0.35);
    expect(calibration?.kind).toBe('isotonic');
    for (const { probability, positive } of predictions) {
      expect(positive).toBe(probability >= (threshold as number));
    }
    const cost = (positive: (prediction: BinaryPrediction) => boolean) =>
      predictions.reduce((sum, prediction, row) => {
        if (labels[row] === 1) return sum + (positive(prediction) ? 0 : 5);
        return sum + Number(positive(prediction));
      }, 0);
    expect(cost(({ positive }) => positive)).toBeLessThan(cost(({ probability }) => probability >= 0.5));
  });

  it('answers with the calibrated probability beside the margin of the model itself', () => {
    const ofModel = ({ margin }: BinaryPrediction) => 1 / (1 + Math.exp(-margin));
    expect(predictions.some((found) => Math.abs(found.probability - ofModel(found)) > 0.01)).toBe(true);
    const byMargin = predictions.toSorted((a, b) => a.margin - b.margin);
    const probabilities = byMargin.map(({ probability }) => probability);
    expect(probabilities).toEqual(probabilities.toSorted((a, b) => a - b));
  });
});

describe('a quantile of a number', () => {
  it('is answered as one value a row, as it was judged, and nine of ten orders are below it', async () => {
    const predictions = await served<RegressionPrediction>('orders-minutes');
    for (const prediction of predictions) expect(prediction).toEqual({ value: expect.any(Number) });
    const labels = rows.map(({ minutes }) => minutes);
    const values = predictions.map(({ value }) => value);
    expectAsJudged(evaluate('regression', labels, values, { quantile: 0.9, tweediePower: 1.5 }).metrics);
    expect(version.evaluation.metric).toBe('pinball');
    const below = labels.filter((minutes, row) => minutes <= (values[row] as number)).length / rows.length;
    expect(below).toBeCloseTo(0.9, 1);
  });
});

describe('one of three classes', () => {
  it('is answered with the probability of each, as it was judged', async () => {
    const predictions = await served<MulticlassPrediction>('orders-delivery');
    const classes = ['early', 'late', 'on time'];
    for (const { label, probabilities } of predictions) {
      expect(Object.keys(probabilities).sort()).toEqual(classes);
      const values = Object.values(probabilities);
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      expect(probabilities[label]).toBe(Math.max(...values));
    }
    const labels = rows.map(({ delivery }) => classes.indexOf(delivery));
    const scores = predictions.flatMap(({ probabilities }) =>
      classes.map((name) => probabilities[name] ?? 0),
    );
    expectAsJudged(evaluate('multiclass', labels, scores, { classes }).metrics);
    expect(version.evaluation.test.metrics).toMatchObject({ accuracy: { value: expect.any(Number) } });
  });
});
