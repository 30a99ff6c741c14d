import type { ReplayReport } from '#core/replay/report.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { flightsLate } from '../../models/flights-late.ts';
import { SetUpError } from '../set-up-error.ts';
import { until } from './flights-story.ts';

const MODEL = flightsLate.name;
const WINDOW_MS = 3_600_000;

/** Scores every flight of the newest dataset version, unless the champion did it before. */
export async function scoreFlights(client: LeeboardClient) {
  const { champion } = await client.deployment(MODEL);
  const newest = (await client.dataset('flights')).versions[0]?.version;
  const earlier = (await client.batches(MODEL)).find(
    ({ status, version, datasetVersion }) =>
      status === 'succeeded' && version === champion && datasetVersion === newest,
  );
  const { batchId } =
    earlier ?? (await client.startBatch(MODEL, { dataset: 'flights', reason: 'npm start: all flights' }));
  return until(`batch ${batchId} to end`, async () => {
    const batch = await client.batch(MODEL, batchId);
    if (batch.status === 'failed')
      throw new SetUpError(`batch ${batchId} failed: ${batch.error?.name}: ${batch.error?.message}`);
    return batch.status === 'succeeded' && batch;
  });
}

/**
 * What another version would have answered to the traffic of the last hour.
 * @param seconds that the story has been told for: of those before it in the same hour, three are more than a replay takes
 */
export async function replayTraffic(
  client: LeeboardClient,
  version: number,
  seconds: number,
): Promise<ReplayReport> {
  const from = new Date(Date.now() - Math.min(WINDOW_MS, seconds * 1000)).toISOString();
  const { replayId } = await client.startReplay(MODEL, { version, from, reason: 'npm start' });
  return until(`replay ${replayId} to end`, async () => {
    const replay = await client.replay(MODEL, replayId);
    if (replay.status === 'failed')
      throw new SetUpError(`replay ${replayId} failed: ${replay.error.name}: ${replay.error.message}`);
    return replay.status === 'succeeded' && replay.report;
  });
}
