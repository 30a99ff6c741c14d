/** What a model's alarms are of; `docs/runbooks` has a page for each. */
export const ALARM_KINDS = [
  'drift',
  'performance',
  'quality',
  'errors',
  'latency',
  'no-traffic',
  'training-failed',
  'monitoring-failed',
  'truth-missing',
] as const;
export type AlarmKind = (typeof ALARM_KINDS)[number];

/** The alarm that rings while any other of its model does. */
export const ATTENTION = 'attention';

/** `leeboard-prod-flights-late-drift`. */
export function alarmName(environment: string, model: string, kind: AlarmKind | typeof ATTENTION): string {
  return `${dashboardName(environment, model)}-${kind}`;
}

/** @param model undefined: of the platform */
export function dashboardName(environment: string, model?: string): string {
  return ['leeboard', environment, model].filter((part) => part !== undefined).join('-');
}

/** The dashboard of the model whose alarm has this name; undefined when it is none of ours. */
export function dashboardOfAlarm(name: string): string | undefined {
  const kind = [...ALARM_KINDS, ATTENTION].find((each) => name.endsWith(`-${each}`));
  return name.startsWith('leeboard-') && kind ? name.slice(0, -kind.length - 1) : undefined;
}

/** Path of the page that says what to do, within the project. */
export function runbookOf(kind: AlarmKind | typeof ATTENTION): string {
  return `docs/runbooks/${kind}.md`;
}
