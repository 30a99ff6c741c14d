/**
 * `npm run bench:rollout`: four challengers that are bad in one way each are tried under traffic on a deployment of
 * their own; how many seconds until each is taken back, and until people are told.
 */

import { join } from 'node:path';
import { BAD, registerChallenger } from '#local/challengers.ts';
import { readRequests } from '#local/story/april.ts';
import { until } from '#local/story/flights-story.ts';
import { underTraffic } from '#local/traffic.ts';
import { root } from '#local/work-directory.ts';
import { openTopic } from '#test/support/queue-mailbox.ts';
import { tellTruth } from '#test/support/tell-truth.ts';
import { flightsLate } from '../models/flights-late.ts';
import { atMost, type Deployed, type Measured, report, withDeployment } from './deployment.ts';

const MODEL = flightsLate.name;
const DATA = join(root, 'examples/nycflights13');
/** Seconds; a warm instance may take five of them to hear of the rollout, and a look comes every two. */
const GOAL = 60;

await withDeployment(['01', '02'], async (deployed) => {
  const { rows } = await readRequests(flightsLate, {
    flights: join(DATA, 'flights-2013-03.parquet'),
    weather: join(DATA, 'weather-2013.parquet'),
  });
  const people = await openTopic(deployed.config, deployed.outputs.alarmTopic);
  const lines: Measured[] = [];
  for (const name of ['errors', 'latency', 'scores', 'truth'] as const) {
    const { toPointer, toPeople, failed, reason } = await takeBack(deployed, name, rows, () => people.read());
    console.log(`${name}: ${reason}`);
    lines.push(atMost(`bad by ${name}: first bad request to pointer`, toPointer, GOAL, 's'));
    lines.push(atMost(`bad by ${name}: first bad request to notification`, toPeople, GOAL, 's'));
    lines.push(atMost(`bad by ${name}: failed requests`, failed, 0, 'requests'));
  }
  await report('rollout', lines);
});

/** Tries a challenger until it is taken back and people were told. Its first request is known to a fifth of a second. */
async function takeBack(
  { client, registry, store }: Deployed,
  name: keyof typeof BAD,
  rows: readonly unknown[],
  told: () => Promise<readonly { readonly Subject: string }[]>,
) {
  const challenger = await registerChallenger({ store, registry }, MODEL, name, BAD[name]);
  const arn = await client.start('deploy-model', MODEL, {
    ...challenger,
    by: 'bench',
    reason: `bad by ${name}`,
  });
  const rollout = arn.split(':').at(-1) as string;
  const callers = {
    model: MODEL,
    rows,
    callers: 2,
    rowsARequest: 20,
    ...(name === 'truth' && { afterwards: tellTruth(client, MODEL) }),
  };
  const { result, answered } = await underTraffic(client, callers, async () => {
    const first = await until(`requests to ${name}`, async () => {
      const { candidate } = await registry.served(MODEL, { rollout, stageIndex: 0 });
      return candidate.requests > 0 && Date.now();
    });
    const change = await until(`${name} to be taken back`, async () =>
      (await registry.audit(MODEL, { limit: 5 })).find(
        ({ action, of, to }) =>
          (action === 'rollback' && of === challenger.version) ||
          (action === 'promote' && to === challenger.version),
      ),
    );
    if (change.action !== 'rollback') throw new Error(`${name}: expected a rollback, got ${change.action}`);
    const toldAt = await until(
      'people to be told',
      async () =>
        (await told()).some(({ Subject }) => Subject === `ROLLBACK: ${MODEL}@${challenger.version}`) &&
        Date.now(),
    );
    return { first, pointerAt: Date.parse(change.at), toldAt, reason: change.reason };
  });
  await client.finish(arn);
  const { first, pointerAt, toldAt, reason } = result;
  // Counts reach the registry up to a second after the request.
  const firstBad = first - 1000;
  return {
    toPointer: (pointerAt - firstBad) / 1000,
    toPeople: (toldAt - firstBad) / 1000,
    failed: answered.failed,
    reason,
  };
}
