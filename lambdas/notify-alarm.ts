import { z } from 'zod';
import { parseInput } from './shared/payloads.ts';
import { tellPeople } from './shared/tell-people.ts';

const AlarmEvent = z.object({
  alarmData: z.object({
    alarmName: z.string(),
    state: z.object({ value: z.string(), reason: z.string().default('') }),
    configuration: z.object({ description: z.string().default('') }).default({ description: '' }),
  }),
});

/** Tells people of an alarm's new state: CloudWatch itself cannot publish to an encrypted topic without a key of ours. */
export const handler = async (event: unknown): Promise<void> => {
  const { alarmName, state, configuration } = parseInput(AlarmEvent, event).alarmData;
  const subject = `${state.value}: ${alarmName}`;
  const message = [configuration.description, state.reason].filter(Boolean).join('\n\n');
  await tellPeople(subject, message || subject);
};
