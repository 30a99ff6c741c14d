import { type AlarmKind, ATTENTION, runbookOf } from '#core/monitor/alarm-names.ts';
import type { ModelSpec } from '#core/spec/model.ts';

const percent = (share: number) => `${Number((share * 100).toPrecision(4))} %`;

/**
 * What people read when an alarm rings: what happened, what that means, what to do, the page that says more, and last the
 * command, which becomes the notification's.
 * @returns at most 1,024 characters, as many as CloudWatch takes
 */
export function describeAlarm(kind: AlarmKind | typeof ATTENTION, model: ModelSpec): string {
  const [happened, means, next, command] = MEANINGS[kind](model);
  const text = `${happened}. ${means}. ${next}. More in ${runbookOf(kind)}. Run: npx leeboard ${command}`;
  if (text.length > 1024) throw new RangeError(`a description must be at most 1024 characters, got: ${text}`);
  return text;
}

type Meaning = readonly [happened: string, means: string, next: string, command: string];

const MEANINGS: Readonly<Record<AlarmKind | typeof ATTENTION, (model: ModelSpec) => Meaning>> = {
  drift: ({ name, monitor }) => [
    `The inputs of ${name} no longer look like the data it was trained on: the largest PSI of a column that matters is at least ${monitor.psi}`,
    'Its answers may be worse than at its evaluation, and nothing else would say so',
    `Look at the newest report under reports/${name}/ in the store; train again when the change is real, and mend the source when it is not`,
    `train ${name}`,
  ],
  performance: ({ name }) => [
    `${name} is worse than at its evaluation: its watched metric fell, and chance does not explain it (99 %)`,
    'What really happened is known by now, so this is measured and no guess',
    'See which metric fell and by how much; train again on newer data, or take the version back when it is new',
    `truth ${name}`,
  ],
  quality: ({ name, monitor }) => [
    `At least ${percent(monitor.invalid)} of the requests to ${name} were refused for what their body says, or of the rows that it answered break what their dataset declares`,
    'Whoever calls it has changed, or its source has: the refused got no prediction',
    'The report names the columns; ask the caller, or widen the column in the dataset when the value is right',
    `monitor ${name} --open`,
  ],
  errors: ({ name, monitor }) => [
    `At least ${percent(monitor.errors)} of the requests to ${name} got no answer, three or more: the function failed, answered with a 5xx, or had no room`,
    'The fault is ours and not the callers’: they have no prediction',
    'Read what was logged; roll back when it began with a new version',
    `logs predict --model ${name}`,
  ],
  latency: ({ name, monitor }) => [
    `One answer of ${name} in a hundred takes longer than ${monitor.latencyMs} ms, in three periods in a row`,
    'Callers wait, and may give up',
    'See whether requests grew in rows or in number, or a larger version took over',
    `logs predict --model ${name}`,
  ],
  'no-traffic': ({ name, monitor }) => [
    `Nobody has asked ${name} for ${monitor.silence}, though it was asked before`,
    'Its caller may be down, or ask another model',
    'Ask the caller; declare a longer monitor.silence when such a pause is usual',
    'status',
  ],
  'training-failed': ({ name }) => [
    `A training of ${name} failed or took too long`,
    'The champion answers as before, but grows old until a training ends well',
    'The newest run says what failed; mend that and train again',
    `runs ${name}`,
  ],
  'monitoring-failed': ({ name }) => [
    `A run of monitoring for ${name} failed or took too long`,
    'The model answers as before, but nobody looks at it: what the other alarms know of its data, truth and performance is old, and no drift would be seen',
    'Looking again by hand says what failed; mend that, and the first run that ends well ends this alarm',
    `monitor ${name}`,
  ],
  'truth-missing': ({ name, monitor }) => [
    `Less than ${percent(monitor.truth)} of the predictions of ${name} that should have their truth by now have it`,
    'How good the model is can no longer be said, and a fall of its performance would not be seen',
    'See when truth last came and whether its ids match; mend what delivers it',
    `truth ${name}`,
  ],
  [ATTENTION]: ({ name }) => [
    `At least one alarm of ${name} rings`,
    'This one has told nobody: the alarm that rings has',
    'See which it is',
    'alarms',
  ],
};
