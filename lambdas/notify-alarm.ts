import { z } from 'zod';
import { alarmNotification } from '#core/notify/alarm-notification.ts';
import { parseInput } from './shared/payloads.ts';
import { variable } from './shared/resources.ts';
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
    /** What it was before; not told of by every caller. */
    previousState: z.object({ value: z.string() }).optional(),
    configuration: z.object({ description: z.string().default('') }).default({ description: '' }),
  }),
});

/** Of an alarm on a metric; what does not fit is left out: people must hear of the alarm all the same. */
const ReasonData = z.object({
  recentDatapoints: z.array(z.number()).optional(),
  threshold: z.number().optional(),
  period: z.number().optional(),
  evaluatedDatapoints: z
    .array(z.object({ timestamp: Timestamp, value: z.number() }))
    .optional()
    .catch(undefined),
});

/** Tells people of an alarm's new state: CloudWatch itself cannot publish to an encrypted topic without a key of ours. */
export const handler = async (event: unknown): Promise<void> => {
  const { alarmName, state, previousState, configuration } = parseInput(AlarmEvent, event).alarmData;
  // An alarm that is new, or had nothing to look at, was never told: that it is well is no news.
  if (state.value === 'OK' && previousState?.value === 'INSUFFICIENT_DATA') return;
  const { recentDatapoints, threshold, period, evaluatedDatapoints = [] } = readReason(state.reasonData);
  const newest = evaluatedDatapoints.toSorted((a, b) => (a.timestamp < b.timestamp ? 1 : -1))[0]?.value;
  await tellPeople(
    alarmNotification({
      alarmName,
      state: state.value,
      at: state.timestamp,
      reason: state.reason,
      description: configuration.description,
      ...(recentDatapoints && { datapoints: recentDatapoints }),
      ...(newest !== undefined && { newest }),
      ...(threshold !== undefined && { threshold }),
      ...(period !== undefined && { period }),
      region: variable('AWS_REGION'),
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
