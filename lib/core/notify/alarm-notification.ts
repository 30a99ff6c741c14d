import { dashboardOfAlarm } from '../monitor/alarm-names.ts';
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
  /** The newest of several datapoints. */
  readonly newest?: number;
  readonly threshold?: number;
  /** Over how many seconds a datapoint is taken. */
  readonly period?: number;
  /** AWS's name of where the alarm is. */
  readonly region?: string;
}

/** The console of a region's partition. https://docs.aws.amazon.com/general/latest/gr/aws-arns-and-namespaces.html */
const CONSOLES = [
  { begins: 'cn-', console: 'console.amazonaws.cn' },
  { begins: 'us-gov-', console: 'console.amazonaws-us-gov.com' },
];

/** Where people see the dashboard of the model whose alarm it is: they sign in there, so it tells nothing by itself. */
function dashboardUrl(alarm: string, region: string | undefined): string | undefined {
  const dashboard = dashboardOfAlarm(alarm);
  if (!dashboard || !region) return undefined;
  const host = CONSOLES.find(({ begins }) => region.startsWith(begins))?.console ?? 'console.aws.amazon.com';
  return `https://${region}.${host}/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard}`;
}

/** The command that a description of ours names last: it ends the description, or its sentence. */
const COMMAND = /npx leeboard [^\n;]*?(?=[.;]?\s*$|[.;]\s|\n)/g;

/** What people are told of an alarm's new state. */
export function alarmNotification(alarm: AlarmTransition): Notification {
  const { alarmName, state, at, reason, description, datapoints = [], newest, threshold, period } = alarm;
  const subject = `${state}: ${alarmName}`;
  const command = description.match(COMMAND)?.at(-1);
  const picture = dashboardUrl(alarmName, alarm.region);
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
      ...(newest !== undefined && more.length > 0 ? [{ name: 'measured last', value: newest }] : []),
      ...(threshold !== undefined ? [{ name: 'limit', value: threshold }] : []),
      ...(period !== undefined ? [{ name: 'minutes looked at', value: minutes(period, datapoints) }] : []),
    ],
    ...(picture !== undefined && { picture }),
    ...(command !== undefined && state === 'ALARM' && { command }),
  };
}

function minutes(period: number, datapoints: readonly number[]): number {
  return (period * Math.max(1, datapoints.length)) / 60;
}
