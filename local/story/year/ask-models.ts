import { setTimeout as sleep } from 'node:timers/promises';
import { evaluateBinary } from '#core/evaluate/index.ts';
import type { BinaryPrediction, PredictionAnswer } from '#core/serve/answer.ts';
import { readPredictions } from '#lib/pipelines/read-predictions.ts';
import { SetUpError } from '../../set-up-error.ts';
import type { LabelledRequests } from '../april.ts';
import { SIDES, type Side } from './figures.ts';
import { flightsLateMonthly, flightsLateNever } from './models/compared.ts';
import { flightsLate } from './models/flights-late.ts';
import type { World } from './start-world.ts';

/** Who answers for whom. */
export const MODELS: Readonly<Record<Side, string>> = {
  closedLoop: flightsLate.name,
  never: flightsLateNever.name,
  monthly: flightsLateMonthly.name,
};

const ROWS_A_REQUEST = 1000;
/** As real time goes: Firehose's buffer is a second of it. */
const PATIENCE_MS = 120_000;
const HOUR = 3_600_000;

export interface Answers {
  readonly probabilities: readonly number[];
  /** That answered, in order, each once. */
  readonly versions: readonly number[];
}

/** Asks all three models about the rows, at once. */
export async function askModels(
  { client }: Pick<World, 'client'>,
  rows: LabelledRequests['rows'],
): Promise<Readonly<Record<Side, Answers>>> {
  const answers = await Promise.all(
    SIDES.map(async (side) => {
      const probabilities: number[] = [];
      const versions = new Set<number>();
      for (let start = 0; start < rows.length; start += ROWS_A_REQUEST) {
        const part = rows.slice(start, start + ROWS_A_REQUEST);
        const answer = (await client.predict(MODELS[side], part)) as PredictionAnswer<BinaryPrediction>;
        probabilities.push(...answer.predictions.map(({ probability }) => probability));
        versions.add(answer.version);
      }
      return [side, { probabilities, versions: [...versions] }] as const;
    }),
  );
  return Object.fromEntries(answers) as unknown as Record<Side, Answers>;
}

/**
 * Waits until the log has what was asked since, of the model that is watched and of those whose truth is joined.
 * @throws SetUpError when it does not
 */
export async function awaitLog({ store, clock }: World, since: string, rows: number): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const now = (await clock.now()).getTime();
    const logged = await readPredictions(store, MODELS.closedLoop, Date.parse(since), now + HOUR);
    if (logged.length >= rows) return;
    if (Date.now() > end)
      throw new SetUpError(
        `of ${rows} predictions since ${since} the log has ${logged.length} after ${PATIENCE_MS / 1000} s`,
      );
    await sleep(500);
  }
}

/** How good answers were, once truth is in. */
export function scoreOf(labels: readonly number[], { probabilities }: Answers) {
  const { metrics } = evaluateBinary(labels, probabilities);
  return { auc: metrics.auc.value as number, logLoss: metrics.logLoss.value as number };
}
