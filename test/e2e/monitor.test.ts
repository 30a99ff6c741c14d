import { gzipSync } from 'node:zlib';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListMetricsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MonitoredWindow, SeenWindow } from '#core/monitor/monitored.ts';
import { predictionId } from '#core/serve/prediction-id.ts';
import { type Alarm, alarms as showAlarms } from '#lib/commands/alarms.ts';
import { monitor as monitorByHand } from '#lib/commands/monitor.ts';
import { captured } from '../commands/captured.ts';
import { client, config, outputs, store, waitFor } from './deployment.ts';
import { flightRows, type Row } from './flight-rows.ts';
import { type BusEvent, type Mailbox, openAlarmMailbox, openBusMailbox } from './mailbox.ts';
import { champion } from './training.ts';

type Measured = MonitoredWindow & { readonly metrics: readonly { MetricName: string; Value: number }[] };
type Windowed = Measured & { readonly windows: readonly SeenWindow[] };

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

describe('windows on schedule', () => {
  const HOUR = 3_600_000;
  // Long before this model was asked, and long before its schedule looks back.
  const start = Math.floor(Date.now() / HOUR) * HOUR - 48 * HOUR;
  const isoAt = (instant: number) => new Date(instant).toISOString();
  const window = { from: isoAt(start), to: isoAt(start + HOUR) };
  const asOf = isoAt(start + HOUR + 600_000);
  let version: number;
  beforeAll(async () => {
    version = (await client.deployment(MODEL)).champion as number;
  });

  const logged = (index: number, row: Row) => ({
    id: `${predictionId(start + index * 1000, new Uint8Array(10))}#0`,
    model: MODEL,
    version,
    variant: 'champion',
    latencyMs: 1,
    at: isoAt(start + index * 1000),
    key: {},
    inputs: Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        name === 'time_hour' ? Date.parse(value as string) : value,
      ]),
    ),
    probability: 0.3,
    positive: false,
    margin: -0.85,
  });
  /** An object of the log, delivered in the hour of so many hours after the window began. */
  const deliver = (name: string, hours: number, lines: readonly object[]) => {
    const [date, time] = isoAt(start + hours * HOUR).split('T') as [string, string];
    const body = gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { level: 0 });
    return store.write(`predictions/${MODEL}/dt=${date}/hour=${time.slice(0, 2)}/${name}.jsonl.gz`, body);
  };
  const onSchedule = async () =>
    client.finish<Windowed>(await client.start('monitor-model', MODEL, { scheduled: true, asOf }));
  const detected = async () =>
    (await events.read()).filter(
      ({ 'detail-type': type, detail }) =>
        type === 'DriftDetected' && (detail as { window: { from: string } }).window.from === window.from,
    );

  it('the same window twice is one result, told once', async () => {
    await deliver(
      'first',
      0,
      heated(usual).map((row, index) => logged(index, row)),
    );
    const first = await onSchedule();
    expect(first).toMatchObject({ rows: usual.length, drifted: ['temp'] });
    expect(first.windows).toEqual([{ ...window, revision: 1, fresh: true }]);
    expect(metric(first, 'DriftPsi')).toBe(first.psi);
    const second = await onSchedule();
    expect(second.windows).toEqual([{ ...window, revision: 1, fresh: false }]);
    expect(second).toMatchObject({ psi: first.psi, reportKey: first.reportKey, pageKey: first.pageKey });
    expect(metric(second, 'DriftPsi')).toBeUndefined();
    const [told] = await waitFor('DriftDetected', async () => {
      const found = await detected();
      return found.length > 0 && found;
    });
    expect(told?.detail).toMatchObject({
      columns: ['temp'],
      reportKey: first.reportKey,
      pageKey: first.pageKey,
      window: { ...window, revision: 1 },
    });
    expect(await store.list(`reports/${MODEL}/windows/${version}/${window.from}`)).toHaveLength(3);
  });

  it('rows that come late make another revision, of which people hear', async () => {
    await deliver('late', 1, [logged(3000, usual[0] as Row)]);
    const { windows, rows, reportKey } = await onSchedule();
    expect(windows).toEqual([{ ...window, revision: 2, fresh: true }]);
    expect(rows).toBe(usual.length + 1);
    expect(JSON.parse(Buffer.from(await store.read(reportKey as string)).toString())).toMatchObject({
      revision: 2,
    });
    await waitFor('DriftDetected', async () => (await detected()).length === 2);
  });

  it('a log that is too large for one function is counted in parts', async () => {
    // Shadows count for nothing; what they weigh makes the log large.
    const shadows = Array.from({ length: 9 }, (_, index) => ({
      ...logged(index * 300, usual[0] as Row),
      id: `${predictionId(start + index * 300_000, new Uint8Array(10))}#0~shadow`,
      variant: 'shadow',
      requestId: 'x'.repeat(2 ** 20),
    }));
    await deliver('large', 0, shadows);
    const { windows, rows, psi } = await onSchedule();
    expect(windows).toEqual([{ ...window, revision: 3, fresh: true }]);
    const parts = (await store.list(`work/${MODEL}/windows/`)).filter(({ key }) => /\d{4}\.json$/.test(key));
    expect(parts.length).toBeGreaterThan(1);
    expect([rows, psi && psi > 0.2]).toEqual([usual.length + 1, true]);
  });
});

it('a model that nobody asks has no drift', async () => {
  const monitored = await client.finish<Measured>(await client.start('monitor-model', 'silence-high'));
  expect(monitored).toMatchObject({ rows: 0, psi: null, drifted: [], reportKey: null, pageKey: null });
  const { Metrics = [] } = await cloudwatch.send(
    new ListMetricsCommand({
      Namespace: 'Leeboard',
      MetricName: 'DriftPsi',
      Dimensions: [
        { Name: 'Environment', Value: outputs.environment },
        { Name: 'Model', Value: 'silence-high' },
      ],
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
