import { randomUUID } from 'node:crypto';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { config, outputs } from './deployment.ts';

const sqs = new SQSClient(config);

/** A queue of the test's own: what arrived so far. */
export interface Mailbox<Message> {
  read(): Promise<readonly Message[]>;
}

/** An event of the bus. */
export interface BusEvent {
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Events that the stacks publish from now on. */
export async function openBusMailbox(): Promise<Mailbox<BusEvent>> {
  const { url, arn } = await openQueue('events.amazonaws.com');
  const events = new EventBridgeClient(config);
  const rule = { EventBusName: outputs.busName, Name: `test-${randomUUID()}` };
  await events.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: ['leeboard'] }) }));
  await events.send(
    new PutTargetsCommand({
      EventBusName: rule.EventBusName,
      Rule: rule.Name,
      Targets: [{ Id: 'queue', Arn: arn }],
    }),
  );
  return mailbox(url, (body) => JSON.parse(body) as BusEvent);
}

/** What people are told of alarms from now on. */
export async function openAlarmMailbox(): Promise<Mailbox<{ Subject: string; Message: string }>> {
  const { url, arn } = await openQueue('sns.amazonaws.com');
  const subscription = { TopicArn: outputs.alarmTopic, Protocol: 'sqs', Endpoint: arn };
  await new SNSClient(config).send(new SubscribeCommand(subscription));
  return mailbox(url, (body) => JSON.parse(body) as { Subject: string; Message: string });
}

async function openQueue(service: string): Promise<{ url: string; arn: string }> {
  const policy = {
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sqs:SendMessage',
    Resource: '*',
  };
  const { QueueUrl: url = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: `test-${randomUUID()}`,
      Attributes: { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [policy] }) },
    }),
  );
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  return { url, arn: Attributes?.QueueArn ?? '' };
}

function mailbox<Message>(url: string, parse: (body: string) => Message): Mailbox<Message> {
  const kept: Message[] = [];
  return {
    async read() {
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
        );
        if (Messages.length === 0) return kept;
        kept.push(...Messages.map(({ Body = '' }) => parse(Body)));
      }
    },
  };
}
