/**
 * Ten thousand predictions while a tenth of the calls to Firehose fail in part, some as a whole and some after they
 * were taken: each prediction must be in the log, once when its id is looked at, and none may fail.
 * `npm run bench:log-outages`; PREDICTIONS=<n> for another number.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { readPredictions } from '#lib/pipelines/read-predictions.ts';
import { startFaultyFirehose } from '#test/support/firehose-faults.ts';
import { addVariables } from '#test/support/function-variables.ts';
import { atMost, report, withDeployment } from './deployment.ts';

const MODEL = 'flights-late';
const PREDICTIONS = Number(process.env.PREDICTIONS ?? 10_000);
const ROWS = 4;
const CALLERS = 4;
/** What is left in an instance goes out with its next request, within so many seconds of asking. */
const PATIENCE_SECONDS = 120;

await withDeployment(['01'], async ({ outputs, config, client, store }) => {
  const upstream = { ...config, endpoint: outputs.endpoint as string };
  const faults = { partial: 0.1, refused: 0.03, answerLost: 0.02 };
  const firehose = await startFaultyFirehose(upstream, faults);
  const predict = `leeboard-${outputs.environment}-${MODEL}-predict`;
  try {
    await addVariables(config, predict, { AWS_ENDPOINT_URL_FIREHOSE: firehose.endpoint });
    const { input } = await client.model(MODEL);
    const rows = Array(ROWS).fill(input?.example.rows[0]) as Readonly<Record<string, unknown>>[];
    const start = Date.now();
    const accepted = new Set<string>();
    const milliseconds: number[] = [];
    let failed = 0;

    async function ask(): Promise<void> {
      const begun = performance.now();
      try {
        const { predictionId } = await client.predict(MODEL, rows);
        rows.forEach((_, index) => {
          accepted.add(`${predictionId}#${index}`);
        });
      } catch (error) {
        failed++;
        console.log(String(error));
      }
      milliseconds.push(performance.now() - begun);
    }

    let asked = 0;
    const caller = async () => {
      while (asked < PREDICTIONS / ROWS) {
        asked++;
        await ask();
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));

    const missing = async () => {
      const logged = await readPredictions(store, MODEL, start, Date.now() + 1);
      for (const { id } of logged) accepted.delete(id);
      return accepted.size;
    };
    const sent = accepted.size;
    let lost = await missing();
    for (
      const end = Date.now() + PATIENCE_SECONDS * 1000;
      lost > 0 && Date.now() < end;
      lost = await missing()
    ) {
      await Promise.all(Array.from({ length: CALLERS }, () => client.predict(MODEL, rows)));
      await sleep(1000);
    }
    milliseconds.sort((a, b) => a - b);
    const quantile = (share: number) =>
      Math.round(milliseconds[Math.floor(share * (milliseconds.length - 1))] ?? 0);
    console.log(
      `${sent} predictions; a request took ${quantile(0.5)} ms (median), ${quantile(0.99)} ms (p99), ${quantile(1)} ms (longest)`,
    );
    console.table(firehose.calls);
    await report('log-outages', [
      atMost(`requests that failed, of ${milliseconds.length}`, failed, 0, 'requests'),
      atMost(`predictions lost, of ${sent}`, lost, 0, 'rows'),
    ]);
  } finally {
    await firehose.close();
  }
});
