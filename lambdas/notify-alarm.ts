import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { parseInput } from './shared/payloads.ts';
import { once, variable } from './shared/resources.ts';

const AlarmEvent = z.object({
  alarmData: z.object({
    alarmName: z.string(),
    state: z.object({ value: z.string(), reason: z.string().default('') }),
    configuration: z.object({ description: z.string().default('') }).default({ description: '' }),
  }),
});

const sns = once(() => new SNSClient({}));

/** Tells people of an alarm's new state: CloudWatch itself cannot publish to an encrypted topic without a key of ours. */
export const handler = async (event: unknown): Promise<void> => {
  const { alarmName, state, configuration } = parseInput(AlarmEvent, event).alarmData;
  const Subject = `${state.value}: ${alarmName}`.slice(0, 100);
  const Message = [configuration.description, state.reason].filter(Boolean).join('\n\n');
  await sns().send(new PublishCommand({ TopicArn: variable('TOPIC'), Subject, Message: Message || Subject }));
};
