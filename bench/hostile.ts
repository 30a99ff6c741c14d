/**
 * Ten thousand hostile bodies over HTTP to the deployed predict route: each must be refused with the status and, where
 * the body could be read, the field that it deserves, while good requests are answered and memory stays as it is.
 * `npm run bench:hostile`; HOSTILE=<n> for another number.
 */
import { join } from 'node:path';
import { readRequests } from '#local/story/april.ts';
import { root } from '#local/work-directory.ts';
import { type HostileBody, hostileBodies } from '#test/support/hostile-bodies.ts';
import { judgeRefusal } from '#test/support/judge-refusal.ts';
import { sendSigned } from '#test/support/send-signed.ts';
import { flightsLate } from '../models/flights-late.ts';
import { atMost, report, withDeployment } from './deployment.ts';
import { residentBytes } from './resident-bytes.ts';
import { median } from './support.ts';

const COUNT = Number(process.env.HOSTILE ?? 10_000);
const WARM_UP = 500;
const SENDERS = 2;
const GOOD_EVERY = 50;
const path = '/v1/models/flights-late/predict';
const data = (name: string) => join(root, 'examples/nycflights13', name);

await withDeployment(['01', '02', '03'], async ({ outputs, client, emulator }) => {
  const { rows } = await readRequests(flightsLate, {
    flights: data('flights-2013-04.parquet'),
    weather: data('weather-2013.parquet'),
  });
  const good = rows.slice(0, 50);
  const tally = new Map<string, number>();
  const wrong: string[] = [];
  let unanswered = 0;
  const goodMs: number[] = [];

  async function send(hostile: HostileBody): Promise<void> {
    const { kind, body, headers } = hostile;
    const answer = await sendSigned(outputs, { method: 'POST', path, body, headers });
    tally.set(`${answer.status} ${kind}`, (tally.get(`${answer.status} ${kind}`) ?? 0) + 1);
    const found = judgeRefusal(hostile, answer);
    if (found) wrong.push(found);
  }

  async function sendGood(): Promise<void> {
    const start = performance.now();
    const answered = await client.predict('flights-late', good).catch(() => undefined);
    goodMs.push(performance.now() - start);
    if (answered?.predictions.length !== good.length) unanswered++;
  }

  /** Several senders share the bodies, as they come. */
  async function sendAll(bodies: Iterator<HostileBody>): Promise<void> {
    let sent = 0;
    const one = async () => {
      for (let next = bodies.next(); !next.done; next = bodies.next()) {
        await send(next.value);
        if (++sent % GOOD_EVERY === 0) await sendGood();
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, one));
  }

  await sendAll(hostileBodies('warm up', WARM_UP, good));
  tally.clear();
  const before = residentBytes(emulator.pid, 'predict');
  await sendAll(hostileBodies('hostile', COUNT, good));
  const after = residentBytes(emulator.pid, 'predict');

  console.table([...tally].sort().map(([answer, bodies]) => ({ answer, bodies })));
  for (const line of wrong.slice(0, 20)) console.log(line);
  console.log(`good requests of ${good.length} rows, median ${median(goodMs).toFixed(1)} ms among them`);
  console.log(
    `memory of the largest process ${(before / 2 ** 20).toFixed(0)} MB, then ${(after / 2 ** 20).toFixed(0)} MB`,
  );
  await report('hostile', [
    atMost(`hostile bodies of ${COUNT} answered otherwise than they must`, wrong.length, 0, 'bodies'),
    atMost(`good requests among them not answered, of ${goodMs.length}`, unanswered, 0, 'requests'),
    atMost('memory after them by memory before', after / before, 1.25, 'ratio'),
  ]);
});
