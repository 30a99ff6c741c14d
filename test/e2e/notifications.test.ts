import { randomUUID } from 'node:crypto';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Notification } from '#core/notify/notification.ts';
import { type Receiver, startReceiver } from '#test/support/receiver.ts';
import { sendSigned } from '#test/support/send-signed.ts';
import { config, outputs, waitFor } from './deployment.ts';
import { type Mailbox, openAlarmMailbox } from './mailbox.ts';

const cloudwatch = new CloudWatchClient(config);
const lambda = new LambdaClient(config);
const alarm = `test-${randomUUID()}`;

let target: Receiver;
let people: Mailbox<{ Subject: string; Message: string }>;
beforeAll(async () => {
  target = await startReceiver();
  const body = {
    Name: '/leeboard/local/webhook',
    Type: 'SecureString',
    Value: `${target.url}/pager`,
    Overwrite: true,
  };
  const { status } = await sendSigned(
    { ...outputs, apiUrl: outputs.endpoint as string },
    {
      method: 'POST',
      path: '/',
      service: 'ssm',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.PutParameter' },
      body: JSON.stringify(body),
    },
  );
  expect(status).toBe(200);
  people = await openAlarmMailbox();
});
afterAll(async () => {
  await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [alarm] }));
  await target.close();
});

/** Calls a function and waits for it. */
async function call(name: string, event: unknown): Promise<void> {
  const { FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: `leeboard-${outputs.environment}-${name}`,
      Payload: JSON.stringify(event),
    }),
  );
  expect(FunctionError).toBeUndefined();
}

const posted = (subject: string) => target.received.filter(({ body }) => body.subject === subject);

it('an alarm is posted to the webhook whose URL the parameter holds', async () => {
  const [name = ''] = Object.values(outputs.alarms);
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: alarm,
      AlarmDescription: 'Nothing happened. Look: npx leeboard status',
      AlarmActions: MetricAlarms[0]?.AlarmActions,
      Namespace: 'Test',
      MetricName: alarm,
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
  await cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: alarm, StateValue: 'ALARM', StateReason: 'a test' }),
  );
  const [got] = await waitFor('a post', async () => {
    const found = posted(`ALARM: ${alarm}`);
    return found.length > 0 && found;
  });
  expect(got?.path).toBe('/pager');
  expect(Notification.parse(got?.body)).toMatchObject({
    text: 'Nothing happened. Look: npx leeboard status\n\na test',
    command: 'npx leeboard status',
  });
});

it('what is told twice is heard once, by people and by the webhook', async () => {
  const model = alarm;
  const reason = 'a test';
  const detail = { model, champion: 1, challenger: 2, rev: 7, by: 'a person', reason };
  const event = { detail: { ...detail, asOf: '2026-11-21T23:00:00.000Z' } };
  await call('notify-rollback', event);
  await call('notify-rollback', event);
  const subject = `ROLLBACK: ${model}@2`;
  const [got] = await waitFor('a post', async () => posted(subject).length > 0 && posted(subject));
  // As when SNS delivers a second time.
  await call('notify-webhook', { Records: [{ Sns: { Message: JSON.stringify(got?.body) } }] });
  expect(posted(subject)).toHaveLength(1);
  expect((await people.read()).filter(({ Subject }) => Subject === subject)).toHaveLength(1);
});
