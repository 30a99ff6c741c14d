import { z } from 'zod';
import { alarmNotification } from '#core/notify/alarm-notification.ts';
import { parseInput } from './shared/payloads.ts';
import { tellPeople } from './shared/tell-people.ts';

/** CloudWatch writes 2026-11-21T23:00:00.000+0000, which is ISO 8601 but for the colon. */
const Timestamp = z
  .string()
  .transform((text) => new Date(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')))
  .pipe(z.date())
  .transform((date) => date.toISOString());

const AlarmEvent = z.object({
  alarmData: z.object({
    alarmName: z.string(),
    state: z.object({
      value: z.string(),
      reason: z.string().default(''),
      timestamp: Timestamp,
      reasonData: z.string().optional(),
    }),
    configuration: z.object({ description: z.string().default('') }).default({ description: '' }),
  }),
});

/** Of an alarm on a metric; what does not fit is left out: people must hear of the alarm all the same. */
const ReasonData = z.object({
  recentDatapoints: z.array(z.number()).optional(),
  threshold: z.number().optional(),
});

/** Tells people of an alarm's new state: CloudWatch itself cannot publish to an encrypted topic without a key of ours. */
export const handler = async (event: unknown): Promise<void> => {
  const { alarmName, state, configuration } = parseInput(AlarmEvent, event).alarmData;
  const { recentDatapoints, threshold } = readReason(state.reasonData);
  await tellPeople(
    alarmNotification({
      alarmName,
      state: state.value,
      at: state.timestamp,
      reason: state.reason,
      description: configuration.description,
      ...(recentDatapoints && { datapoints: recentDatapoints }),
      ...(threshold !== undefined && { threshold }),
    }),
  );
};

function readReason(text = '{}'): z.output<typeof ReasonData> {
  try {
    return ReasonData.catch({}).parse(JSON.parse(text));
  } catch {
    return {};
  }
}
