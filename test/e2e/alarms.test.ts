import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { beforeAll, expect, it } from 'vitest';
import { type Alarm, alarms as showAlarms } from '#lib/commands/alarms.ts';
import { dashboard } from '#lib/commands/dashboard.ts';
import { type Status, status } from '#lib/commands/status.ts';
import { captured } from '../commands/captured.ts';
import { client, config, outputs, waitFor } from './deployment.ts';
import { send } from './http.ts';
import { type Mailbox, openAlarmMailbox } from './mailbox.ts';

/** Never trained, so that nothing but this file asks it; and one whose metrics nothing else puts. */
const [REFUSING, MEASURED] = ['silence-high', 'claims-paid'];
const cloudwatch = new CloudWatchClient(config);

let people: Mailbox<{ Subject: string; Message: string }>;
beforeAll(async () => {
  people = await openAlarmMailbox();
});

async function states(): Promise<Alarm[]> {
  const { print, document } = captured({ json: true });
  expect(await showAlarms(client, print)).toBe(0);
  return document<{ alarms: Alarm[] }>().alarms;
}

const ringing = (found: readonly Alarm[], model: string) =>
  found.filter((alarm) => alarm.model === model && alarm.state === 'ALARM').map(({ what }) => what);
/** What rings of all others, and since when: what earlier files asked may still become OK. */
const ofOthers = (found: readonly Alarm[], model: string) =>
  found
    .filter((alarm) => alarm.model !== model && alarm.state === 'ALARM')
    .map(({ name, since }) => ({ name, since }));

const metric = (model: string, MetricName: string, Value: number) => ({
  MetricName,
  Value,
  Dimensions: [
    { Name: 'Environment', Value: outputs.environment },
    { Name: 'Model', Value: model },
  ],
});

/** Waits for an alarm of the model and for what people are told of it. */
async function rings(model: string, what: string) {
  const name = `leeboard-${outputs.environment}-${model}-${what}`;
  const found = await waitFor(`${name} to ring`, async () => {
    const now = await states();
    const is = ringing(now, model);
    return is.includes(what) && is.includes('attention') && now;
  });
  const told = await waitFor(
    `people to hear of ${name}`,
    async () => (await people.read()).filter(({ Subject }) => Subject === `ALARM: ${name}`)[0],
  );
  return { found, told };
}

it('every model has all its alarms, each with the page that says what to do', async () => {
  const found = await states();
  for (const model of Object.keys(outputs.alarms)) {
    const own = found.filter((alarm) => alarm.model === model);
    expect(own.map(({ what }) => what)).toEqual([
      ...[
        'attention',
        'drift',
        'errors',
        'latency',
        'monitoring-failed',
        'no-traffic',
        'performance',
        'quality',
        'training-failed',
      ],
      'truth-missing',
    ]);
    for (const { what, runbook } of own) expect(runbook).toBe(`docs/runbooks/${what}.md`);
  }
});

it('bodies that are none raise the quality alarm of their model, and people hear of it at once', async () => {
  const before = await states();
  for (let request = 0; request < 3; request++)
    expect((await send('POST', `/v1/models/${REFUSING}/predict`, 'no JSON')).status).toBe(400);
  const asked = Date.now();
  const { found, told } = await rings(REFUSING, 'quality');
  console.info(`from the last request to people: ${((Date.now() - asked) / 1000).toFixed(1)} s`);
  expect(ofOthers(found, REFUSING)).toEqual(ofOthers(before, REFUSING));
  expect(told.Message).toMatch(/measured: 1\nlimit: 0\.05\nminutes looked at: \d+/);
  expect(told.Message).toContain(`Run: npx leeboard monitor ${REFUSING} --open`);
  expect(told.Message).toContain(`#dashboards/dashboard/leeboard-${outputs.environment}-${REFUSING}`);
});

it('answers that fail raise the errors alarm of their model', async () => {
  const before = await states();
  expect((await send('POST', `/v1/models/${REFUSING}/predict`, 'no JSON')).status).toBe(400);
  // What the function writes when it answers with a 5xx.
  await cloudwatch.send(
    new PutMetricDataCommand({ Namespace: 'Leeboard', MetricData: [metric(REFUSING, 'ServerErrors', 3)] }),
  );
  const { found, told } = await rings(REFUSING, 'errors');
  expect(ofOthers(found, REFUSING)).toEqual(ofOthers(before, REFUSING));
  expect(told.Message).toContain(`Run: npx leeboard logs predict --model ${REFUSING}`);
});

it('a training that fails raises the alarm of its model', async () => {
  const before = await states();
  await client.start('train-model', REFUSING);
  const found = await waitFor('the alarm to ring', async () => {
    const now = await states();
    return ringing(now, REFUSING).includes('training-failed') && now;
  });
  expect(ofOthers(found, REFUSING)).toEqual(ofOthers(before, REFUSING));
});

it('monitoring that fails raises the alarm of its model alone, and people hear of it', async () => {
  const before = await states();
  await client.start('monitor-model', REFUSING, { asOf: 'no time' });
  const { found, told } = await rings(REFUSING, 'monitoring-failed');
  expect(ofOthers(found, REFUSING)).toEqual(ofOthers(before, REFUSING));
  expect(told.Message).toMatch(/measured: 1\nlimit: 0\nminutes looked at: 1/);
  expect(told.Message).toContain(`Run: npx leeboard monitor ${REFUSING}`);
});

it.each([
  ['drift', 'DriftPsi', 0.31],
  ['performance', 'PerformanceDrop', 0.02],
  ['no-traffic', 'SecondsWithoutPrediction', 100_000],
])(
  'what monitoring finds raises the %s alarm of its model alone, and people hear of it',
  async (what, name, value) => {
    const before = await states();
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: 'Leeboard',
        MetricData: [metric(MEASURED, name, value)],
      }),
    );
    const put = Date.now();
    const { found } = await rings(MEASURED, what);
    console.info(`from ${name} to people: ${((Date.now() - put) / 1000).toFixed(1)} s`);
    expect(ofOthers(found, MEASURED)).toEqual(ofOthers(before, MEASURED));
    const rang = ringing(before, MEASURED);
    expect(ringing(found, MEASURED)).toEqual([...new Set([...rang, 'attention', what])].sort());
  },
);

it('the dashboard shows the figures and what rings, as a page', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'leeboard-dashboard-'));
  const { print, document } = captured({ json: true });
  expect(await dashboard(client, { model: MEASURED, folder }, print)).toBe(0);
  const { page, graphs } = document<{ page: string; graphs: { title: string; points: number }[] }>();
  expect(graphs.find(({ title }) => title.startsWith('Drift of the inputs'))?.points).toBeGreaterThan(0);
  expect(graphs.find(({ title }) => title.startsWith('Pipelines'))?.points).toBeGreaterThan(100);
  expect(await readFile(page, 'utf8')).toContain('<b>drift</b> ALARM');
});

it('status names what rings, beside the model', async () => {
  const { print, document } = captured({ json: true });
  expect(await status(client, {}, print)).toBe(0);
  const rang = ringing(await states(), MEASURED).filter((what) => what !== 'attention');
  expect(rang.length).toBeGreaterThan(2);
  const shown = document<Status>().models.find(({ model }) => model === MEASURED);
  expect(shown?.attention).toEqual({ state: 'ALARM', ringing: rang });
});

it('the alarm of all alarms tells nobody: the one that rings has', async () => {
  expect((await people.read()).filter(({ Subject }) => Subject.includes('attention'))).toEqual([]);
});
