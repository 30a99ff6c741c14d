import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ONCE, tellUnreachable } from '#adapters/reaching.ts';
import { type Notification, plainText } from '#core/notify/notification.ts';
import { deliverOnce } from '#lib/pipelines/deliver-once.ts';
import { deliveries, once, variable } from './resources.ts';

/** SNS takes no longer subjects. */
const SUBJECT_LENGTH = 100;

const sns = once(() => {
  const client = new SNSClient({});
  client.middlewareStack.add(tellUnreachable, ONCE);
  return client;
});

/** Sends news to everybody who reads the alarm topic, once: as text to people, as a document to functions. */
export async function tellPeople(notification: Notification): Promise<void> {
  await deliverOnce(deliveries(), Date.now, { target: 'topic', id: notification.id }, async () => {
    await sns().send(
      new PublishCommand({
        TopicArn: variable('TOPIC'),
        Subject: notification.subject.slice(0, SUBJECT_LENGTH),
        MessageStructure: 'json',
        Message: JSON.stringify({
          default: plainText(notification),
          lambda: JSON.stringify(notification),
        }),
      }),
    );
  });
}
