import { seededRandom } from '#core/random/seeded-random.ts';
import type { BinaryPrediction, PredictionAnswer } from '#core/serve/answer.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';

/** Says what happened to each answered row of a binary model: by chance, as the model's own log odds have it. */
export function tellTruth(
  client: LeeboardClient,
  model: string,
): (answer: PredictionAnswer) => Promise<unknown> {
  const random = seededRandom('what happened');
  return ({ predictionId, predictions }) => {
    const truths = predictions.map((prediction, row) => {
      const { margin } = prediction as BinaryPrediction;
      return { predictionId, row, actual: random.uniform() < 1 / (1 + Math.exp(-margin)) };
    });
    return client.request('POST', `/v1/models/${model}/feedback`, { truths });
  };
}
