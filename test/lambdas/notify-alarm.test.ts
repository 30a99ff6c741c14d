import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MemoryDeliveries } from '#test/support/memory-deliveries.ts';
import { handler } from '../../lambdas/notify-alarm.ts';

let deliveries: MemoryDeliveries;
vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  deliveries: () => deliveries,
}));

/** As in https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
const event = (state: object = {}) => ({
  source: 'aws.cloudwatch',
  alarmData: {
    alarmName: 'leeboard-prod-flights-late-drift',
    state: {
      value: 'ALARM',
      reason: 'Threshold Crossed: 1 datapoint [0.31]',
      timestamp: '2026-11-21T23:00:00.000+0000',
      reasonData: '{"version":"1.0","recentDatapoints":[0.31],"threshold":0.2}',
      ...state,
    },
    configuration: { description: 'Inputs changed. Train again: npx leeboard train flights-late' },
  },
});

const published: PublishCommand[] = [];
let refuses = false;
beforeEach(() => {
  deliveries = new MemoryDeliveries();
  refuses = false;
  published.length = 0;
  vi.stubEnv('TOPIC', 'arn:aws:sns:us-east-1:000000000000:alarms');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.spyOn(SNSClient.prototype, 'send').mockImplementation(async (command: unknown) => {
    if (refuses) throw new Error('throttled');
    published.push(command as PublishCommand);
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const told = () => published.map(({ input }) => JSON.parse(input.Message ?? ''));

it('people get text, functions a document', async () => {
  await handler(event());
  expect(published[0]).toBeInstanceOf(PublishCommand);
  expect(published[0]?.input).toMatchObject({
    Subject: 'ALARM: leeboard-prod-flights-late-drift',
    MessageStructure: 'json',
  });
  const [message] = told();
  expect(message.default).toBe(
    'Inputs changed. Train again: npx leeboard train flights-late\n\nThreshold Crossed: 1 datapoint [0.31]\n\n' +
      'measured: 0.31\nlimit: 0.2\n\nRun: npx leeboard train flights-late\n\n' +
      'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/leeboard-prod-flights-late',
  );
  expect(JSON.parse(message.lambda)).toMatchObject({
    id: 'alarm/leeboard-prod-flights-late-drift/ALARM/2026-11-21T23:00:00.000Z',
    at: '2026-11-21T23:00:00.000Z',
    numbers: [{ value: 0.31 }, { value: 0.2 }],
  });
});

it('an alarm that calls twice is told once, and its next state is told', async () => {
  await handler(event());
  await handler(event());
  expect(published).toHaveLength(1);
  await handler(event({ value: 'OK', timestamp: '2026-11-21T23:05:00.000+0000' }));
  expect(published).toHaveLength(2);
});

it('of several datapoints the newest is told, in whatever order they come', async () => {
  const point = (minute: number, value: number) => ({
    timestamp: `2026-11-21T22:0${minute}:00.000+0000`,
    value,
  });
  const evaluatedDatapoints = [point(1, 7), point(3, 9), point(2, 8)];
  const reasonData = { recentDatapoints: [7, 9, 8], threshold: 2, period: 60, evaluatedDatapoints };
  await handler(event({ reasonData: JSON.stringify(reasonData) }));
  expect(JSON.parse(told()[0].lambda).numbers).toEqual([
    { name: 'measured last', value: 9 },
    { name: 'limit', value: 2 },
    { name: 'minutes looked at', value: 3 },
  ]);
});

it('that an alarm is well which never rang is no news; that it is over is', async () => {
  const over = { value: 'OK', timestamp: '2026-11-21T23:05:00.000+0000' };
  const { alarmData, ...rest } = event(over);
  const after = (value: string) => ({ ...rest, alarmData: { ...alarmData, previousState: { value } } });
  await handler(after('INSUFFICIENT_DATA'));
  expect(published).toEqual([]);
  await handler(after('ALARM'));
  expect(published).toHaveLength(1);
});

it('an alarm made of other alarms is told without figures', async () => {
  const reasonData =
    '{"triggeringAlarms":[{"arn":"arn:aws:cloudwatch:us-east-1:1:alarm:a","state":{"value":"ALARM"}}]}';
  await handler(
    event({ reasonData, reason: 'arn:aws:cloudwatch:us-east-1:1:alarm:a transitioned to ALARM' }),
  );
  expect(JSON.parse(told()[0].lambda)).toMatchObject({
    numbers: [],
    text: expect.stringContaining('transitioned'),
  });
});

it('what SNS did not take is told at the next try', async () => {
  refuses = true;
  await expect(handler(event())).rejects.toThrow('throttled');
  refuses = false;
  await handler(event());
  expect(published).toHaveLength(1);
});

it.each([undefined, 'no JSON', 'null', '{"recentDatapoints":"many","threshold":null}'])(
  'figures that are %j keep nobody from hearing of the alarm',
  async (reasonData) => {
    await handler(event({ reasonData }));
    expect(JSON.parse(told()[0].lambda).numbers).toEqual([]);
  },
);
