import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { once, variable } from './resources.ts';

/** SNS takes no longer subjects. */
const SUBJECT_LENGTH = 100;

const sns = once(() => new SNSClient({}));

/** Sends a message to everybody who reads the alarm topic. */
export async function tellPeople(subject: string, message: string): Promise<void> {
  await sns().send(
    new PublishCommand({
      TopicArn: variable('TOPIC'),
      Subject: subject.slice(0, SUBJECT_LENGTH),
      Message: message,
    }),
  );
}
