import { seededRandom } from '#core/random/seeded-random.ts';
import type { BinaryPrediction } from '#core/serve/answer.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';

const ROWS_A_REQUEST = 20;
const CALLERS = 2;

/** What callers got. */
export interface Heard {
  requests: number;
  failed: number;
  readonly versions: Map<number, number>;
}

/**
 * Callers that ask a binary model about these rows, over and over, while `work` goes on.
 * @param tellsTruth whether they say afterwards what happened, which goes with the model's own log odds
 */
export async function whileAsked<T>(
  client: LeeboardClient,
  model: string,
  rows: readonly unknown[],
  tellsTruth: boolean,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly heard: Heard }> {
  const heard: Heard = { requests: 0, failed: 0, versions: new Map() };
  const random = seededRandom('what happened');
  let stopped = false;
  let next = 0;
  const call = async () => {
    while (!stopped) {
      const start = next % (rows.length - ROWS_A_REQUEST);
      next += ROWS_A_REQUEST;
      heard.requests++;
      try {
        const answer = await client.predict(model, rows.slice(start, start + ROWS_A_REQUEST) as never);
        heard.versions.set(answer.version, (heard.versions.get(answer.version) ?? 0) + 1);
        if (!tellsTruth) continue;
        const truths = answer.predictions.map((prediction, row) => {
          const { margin } = prediction as BinaryPrediction;
          return {
            predictionId: answer.predictionId,
            row,
            actual: random.uniform() < 1 / (1 + Math.exp(-margin)),
          };
        });
        await client.request('POST', `/v1/models/${model}/feedback`, { truths });
      } catch {
        heard.failed++;
      }
    }
  };
  const callers = Array.from({ length: CALLERS }, call);
  try {
    return { result: await work(), heard };
  } finally {
    stopped = true;
    await Promise.all(callers);
  }
}
