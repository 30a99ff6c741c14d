import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { rollbackMessage } from '#core/rollout/rollout-changes.ts';
import { parseInput } from './shared/payloads.ts';
import { once, variable } from './shared/resources.ts';

const Event = z.object({
  detail: z.object({
    model: z.string(),
    champion: z.number().nullable(),
    challenger: z.number().optional(),
    by: z.string(),
    reason: z.string(),
  }),
});

const sns = once(() => new SNSClient({}));

/** Tells people that a version was taken back, and why. */
export const handler = async (event: unknown): Promise<void> => {
  const { subject, message } = rollbackMessage(parseInput(Event, event).detail);
  await sns().send(
    new PublishCommand({ TopicArn: variable('TOPIC'), Subject: subject.slice(0, 100), Message: message }),
  );
};
