import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListMetricsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { beforeAll, expect, it } from 'vitest';
import type { Monitored } from '#core/drift/report.ts';
import { type Alarm, alarms as showAlarms } from '#lib/commands/alarms.ts';
import { monitor as monitorByHand } from '#lib/commands/monitor.ts';
import { captured } from '../commands/captured.ts';
import { client, config, outputs, store, waitFor } from './deployment.ts';
import { flightRows, type Row } from './flight-rows.ts';
import { type BusEvent, type Mailbox, openAlarmMailbox, openBusMailbox } from './mailbox.ts';
import { champion } from './training.ts';

type Measured = Monitored & { readonly metrics: readonly { MetricName: string; Value: number }[] };

const MODEL = 'flights-watched';
const OTHERS = ['flights-strict', 'silence-high'];
const cloudwatch = new CloudWatchClient(config);

let usual: readonly Row[];
let alarms: Mailbox<{ Subject: string; Message: string }>;
let events: Mailbox<BusEvent>;
beforeAll(async () => {
  await champion(MODEL);
  [alarms, events] = [await openAlarmMailbox(), await openBusMailbox()];
  const months = await Promise.all((['01', '02', '03'] as const).map(flightRows));
  const all = months.flat();
  // The newest 15 % are test rows: neither trained on nor part of the baseline.
  const learned = all.slice(0, Math.floor(all.length * 0.85));
  usual = learned.filter((_, index) => index % Math.floor(learned.length / 900) === 0).slice(0, 900);
});

/** As in a heat wave that training never saw. */
const heated = (rows: readonly Row[]) => rows.map((row) => ({ ...row, temp: 120 }));

/** Predicts, and looks at the last hour once the log has all of it. */
async function monitor(rows: readonly Row[], total: number): Promise<Measured> {
  if (rows.length > 0) await client.predict(MODEL, rows);
  return waitFor(`${total} predictions in the log`, async () => {
    const monitored = await client.finish<Measured>(await client.start('monitor-model', MODEL));
    return monitored.rows >= total && monitored;
  });
}

async function alarmOf(model: string): Promise<MetricAlarm> {
  const { MetricAlarms = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [outputs.alarms[model] as string] }),
  );
  return MetricAlarms[0] as MetricAlarm;
}

const metric = (monitored: Measured, name: string) =>
  monitored.metrics.find(({ MetricName }) => MetricName === name)?.Value;

it('too few predictions say nothing, however odd they are', async () => {
  const monitored = await monitor(heated(usual.slice(0, 20)), 20);
  expect(monitored).toMatchObject({ rows: 20, drifted: [] });
  expect(metric(monitored, 'MonitoredPredictions')).toBe(20);
  expect(metric(monitored, 'DriftPsi')).toBeUndefined();
  expect((await alarmOf(MODEL)).StateValue).toBe('INSUFFICIENT_DATA');
});

it('predictions like the training data raise nothing', async () => {
  const monitored = await monitor(usual, 20 + usual.length);
  expect(monitored).toMatchObject({ drifted: [], shifted: [] });
  expect(metric(monitored, 'DriftPsi')).toBe(0);
  await waitFor('the alarm to be OK', async () => (await alarmOf(MODEL)).StateValue === 'OK');
  expect((await alarms.read()).filter(({ Subject }) => Subject.startsWith('ALARM'))).toEqual([]);
});

it('shifted inputs raise the alarm of their model, and people are told what to do', async () => {
  const before = await Promise.all(OTHERS.map(alarmOf));
  const monitored = await monitor(heated(usual), 20 + 2 * usual.length);
  // The window holds each row twice: what chance did to a column of many levels may look like a sure, small shift.
  expect(monitored).toMatchObject({ column: 'temp', drifted: ['temp'] });
  expect(metric(monitored, 'DriftPsi')).toBe(monitored.psi);
  expect(monitored.psi).toBeGreaterThan(0.2);

  await waitFor('the alarm', async () => (await alarmOf(MODEL)).StateValue === 'ALARM');
  const told = await waitFor('a message', async () =>
    (await alarms.read()).find(({ Subject }) => Subject === `ALARM: ${outputs.alarms[MODEL]}`),
  );
  expect(told.Message).toContain(`npx leeboard train ${MODEL}`);
  const detected = await waitFor('DriftDetected', async () =>
    (await events.read()).find(({ 'detail-type': type }) => type === 'DriftDetected'),
  );
  const shifted = expect.any(Array);
  expect(detected.detail).toMatchObject({ detailVersion: 1, model: MODEL, columns: ['temp'], shifted });

  expect(await Promise.all(OTHERS.map(alarmOf))).toEqual(before);
  expect(
    (await alarms.read()).filter(({ Subject }) => OTHERS.some((name) => Subject.includes(name))),
  ).toEqual([]);
});

it('the report says which column drifted, and by how much', async () => {
  const monitored = await monitor([], 20 + 2 * usual.length);
  const report = JSON.parse(Buffer.from(await store.read(monitored.reportKey as string)).toString());
  expect(report).toMatchObject({ format: 2, model: MODEL, compared: monitored.rows });
  expect(report.inputs.drifted).toEqual(['temp']);
  const temp = report.inputs.columns.find(({ column }: { column: string }) => column === 'temp');
  expect(temp.psi).toBe(monitored.psi);
  const page = Buffer.from(await store.read(monitored.pageKey as string)).toString();
  expect(page).toMatch(/Needs attention[\s\S]*temp has drifted: PSI/);
  expect(page).toMatch(/<h3>temp [\s\S]*?<svg [\s\S]*?<figcaption>[^<]*PSI/);
});

it('people see the same by hand: the report, and why the alarm rings', async () => {
  const { print, text } = captured();
  expect(await monitorByHand(client, { model: MODEL }, print)).toBe(0);
  expect(text()).toMatch(/^drifted +temp$/m);
  expect(text()).toMatch(new RegExp(`^report +reports/${MODEL}/drift/.*\\.json$`, 'm'));
  const shown = captured({ json: true });
  expect(await showAlarms(client, shown.print)).toBe(0);
  const { alarms: found } = shown.document<{ alarms: Alarm[] }>();
  expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.values(outputs.alarms)));
  const ringing = found.find(({ name }) => name === outputs.alarms[MODEL]);
  expect(ringing).toMatchObject({ model: MODEL, what: 'drift', state: 'ALARM' });
  expect(ringing?.reason).toContain('Threshold Crossed');
  expect(ringing?.description).toContain(`npx leeboard train ${MODEL}`);
  expect(Date.parse(ringing?.since as string)).toBeLessThanOrEqual(Date.now());
});

it('a model that nobody asks has no drift', async () => {
  const monitored = await client.finish<Measured>(await client.start('monitor-model', 'silence-high'));
  expect(monitored).toMatchObject({ rows: 0, psi: null, drifted: [], reportKey: null, pageKey: null });
  const { Metrics = [] } = await cloudwatch.send(
    new ListMetricsCommand({
      Namespace: 'Leeboard',
      MetricName: 'DriftPsi',
      Dimensions: [{ Name: 'Model', Value: 'silence-high' }],
    }),
  );
  expect(Metrics).toEqual([]);
});

it('every model has a dashboard that shows its drift', async () => {
  for (const model of Object.keys(outputs.alarms)) {
    const { DashboardBody = '' } = await cloudwatch.send(
      new GetDashboardCommand({ DashboardName: `leeboard-${outputs.environment}-${model}` }),
    );
    expect(DashboardBody).toContain('DriftPsi');
    expect(DashboardBody).toContain(model);
  }
});
