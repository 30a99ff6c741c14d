import type { Notification } from './notification.ts';

/** A new state of a CloudWatch alarm. */
export interface AlarmTransition {
  readonly alarmName: string;
  /** OK, ALARM or INSUFFICIENT_DATA. */
  readonly state: string;
  /** When the state changed: ISO 8601, UTC. */
  readonly at: string;
  readonly reason: string;
  readonly description: string;
  /** What the alarm looked at, and its limit; none for an alarm made of other alarms. */
  readonly datapoints?: readonly number[];
  readonly threshold?: number;
}

/** The command that a description of ours names last: it ends the description, or its sentence. */
const COMMAND = /npx leeboard [^\n;]*?(?=[.;]?\s*$|[.;]\s|\n)/g;

/** What people are told of an alarm's new state. */
export function alarmNotification(alarm: AlarmTransition): Notification {
  const { alarmName, state, at, reason, description, datapoints = [], threshold } = alarm;
  const subject = `${state}: ${alarmName}`;
  const command = description.match(COMMAND)?.at(-1);
  const [measured, ...more] = datapoints;
  return {
    format: 1,
    id: `alarm/${alarmName}/${state}/${at}`,
    at,
    subject,
    text: [description, reason].filter(Boolean).join('\n\n') || subject,
    numbers: [
      // Several are not one figure: the reason lists them.
      ...(measured !== undefined && more.length === 0 ? [{ name: 'measured', value: measured }] : []),
      ...(threshold !== undefined ? [{ name: 'limit', value: threshold }] : []),
    ],
    ...(command !== undefined && state === 'ALARM' && { command }),
  };
}
