import { randomUUID } from 'node:crypto';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { clientConfig } from '#lib/client/outputs.ts';

type Config = ReturnType<typeof clientConfig>;

/** A queue of the test's own: what arrived so far. */
export interface Mailbox<Message> {
  read(): Promise<readonly Message[]>;
}

/** An event of the bus. */
export interface BusEvent {
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What people are told. */
export interface Told {
  readonly Subject: string;
  readonly Message: string;
}

/** Events that the stacks publish on a bus from now on. */
export async function openBus(config: Config, bus: string): Promise<Mailbox<BusEvent>> {
  const { sqs, url, arn } = await openQueue(config, 'events.amazonaws.com');
  const events = new EventBridgeClient(config);
  const rule = { EventBusName: bus, Name: `test-${randomUUID()}` };
  await events.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: ['leeboard'] }) }));
  const Targets = [{ Id: 'queue', Arn: arn }];
  await events.send(new PutTargetsCommand({ EventBusName: bus, Rule: rule.Name, Targets }));
  return mailbox(sqs, url);
}

/** What people are told on a topic from now on. */
export async function openTopic(config: Config, topic: string): Promise<Mailbox<Told>> {
  const { sqs, url, arn } = await openQueue(config, 'sns.amazonaws.com');
  const subscription = { TopicArn: topic, Protocol: 'sqs', Endpoint: arn };
  await new SNSClient(config).send(new SubscribeCommand(subscription));
  return mailbox(sqs, url);
}

async function openQueue(
  config: Config,
  service: string,
): Promise<{ sqs: SQSClient; url: string; arn: string }> {
  const sqs = new SQSClient(config);
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
  return { sqs, url, arn: Attributes?.QueueArn ?? '' };
}

function mailbox<Message>(sqs: SQSClient, url: string): Mailbox<Message> {
  const kept: Message[] = [];
  return {
    async read() {
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
        );
        if (Messages.length === 0) return kept;
        kept.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as Message));
      }
    },
  };
}
