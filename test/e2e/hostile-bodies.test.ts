import { beforeAll, expect, it } from 'vitest';
import { hostileBodies } from '#test/support/hostile-bodies.ts';
import { judgeRefusal } from '#test/support/judge-refusal.ts';
import { sendSigned } from '#test/support/send-signed.ts';
import { client, outputs } from './deployment.ts';
import { flightRows, type Row } from './flight-rows.ts';
import { champion } from './training.ts';

const path = '/v1/models/flights-late/predict';

let good: readonly Row[];
beforeAll(async () => {
  await champion('flights-late');
  good = (await flightRows('04')).slice(0, 50);
});

it('600 hostile bodies are refused, each with the field that is wrong, and good ones are answered all the while', async () => {
  const wrong: (string | undefined)[] = [];
  let sent = 0;
  for (const hostile of hostileBodies('hostile bodies', 600, good)) {
    const { body, headers } = hostile;
    wrong.push(judgeRefusal(hostile, await sendSigned(outputs, { method: 'POST', path, body, headers })));
    if (sent++ % 60 === 0) {
      const { predictions } = await client.predict('flights-late', good);
      expect(predictions).toHaveLength(good.length);
    }
  }
  expect(wrong.filter(Boolean)).toEqual([]);
  expect(wrong).toHaveLength(600);
});
