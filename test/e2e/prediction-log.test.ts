import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPredictions } from '#lib/pipelines/read-predictions.ts';
import { type FaultyFirehose, startFaultyFirehose } from '#test/support/firehose-faults.ts';
import { addVariables } from '#test/support/function-variables.ts';
import { client, config, outputs, store, waitFor } from './deployment.ts';
import { flightRows, type Row } from './flight-rows.ts';
import { champion } from './training.ts';

const MODEL = 'flights-late';
const REQUESTS = 60;
const ROWS = 5;

let rows: readonly Row[];
let firehose: FaultyFirehose;
let restore: () => Promise<void>;

beforeAll(async () => {
  await champion(MODEL);
  rows = (await flightRows('04')).slice(0, ROWS);
  const upstream = { ...config, endpoint: outputs.endpoint as string };
  firehose = await startFaultyFirehose(upstream, { partial: 0.2, refused: 0.1, answerLost: 0.05 });
  const predict = `leeboard-${outputs.environment}-${MODEL}-predict`;
  restore = await addVariables(config, predict, { AWS_ENDPOINT_URL_FIREHOSE: firehose.endpoint });
});

afterAll(async () => {
  await restore();
  await firehose.close();
});

async function retriedRows(since: Date): Promise<number> {
  const { Datapoints = [] } = await new CloudWatchClient(config).send(
    new GetMetricStatisticsCommand({
      Namespace: 'Leeboard',
      MetricName: 'PredictionLogRetried',
      Dimensions: [
        { Name: 'Environment', Value: outputs.environment },
        { Name: 'Model', Value: MODEL },
      ],
      StartTime: since,
      EndTime: new Date(Date.now() + 60_000),
      Period: 60,
      Statistics: ['Sum'],
    }),
  );
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
}

it('loses no prediction while Firehose fails, fails none, and says how many rows it sent again', async () => {
  const start = Date.now();
  const expected: string[] = [];
  for (let request = 0; request < REQUESTS; request++) {
    const { predictionId } = await client.predict(MODEL, rows);
    expected.push(...rows.map((_, index) => `${predictionId}#${index}`));
  }
  const { taken: _, ...failed } = firehose.calls;
  expect(Math.min(...Object.values(failed))).toBeGreaterThan(0);
  await waitFor(`${expected.length} rows in the log`, async () => {
    const logged = new Set((await readPredictions(store, MODEL, start, Date.now() + 1)).map(({ id }) => id));
    if (expected.every((id) => logged.has(id))) return true;
    await client.predict(MODEL, rows); // takes along what an instance still has
    return false;
  });
  const again = firehose.calls.partial + firehose.calls.refused + firehose.calls.answerLost;
  await waitFor('the metric', async () => (await retriedRows(new Date(start))) >= again * ROWS);
});
