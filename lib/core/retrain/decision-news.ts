import type { Notification } from '../notify/notification.ts';
import type { Decision } from './records.ts';

/** What people are told of a decision that they must hear of. */
export function decisionNews({
  model,
  number,
  status,
  reason,
  steps,
  version,
  triggers,
}: Decision): Notification {
  const isHeld = status === 'held';
  const name = version === undefined ? model : `${model}@${version}`;
  return {
    format: 1,
    // A decision ends once: the same one, however often it is told.
    id: `retraining/${model}/${number}`,
    at: steps.at(-1)?.at as string,
    subject: `RETRAINING ${status.toUpperCase()}: ${name}`,
    text: [
      `Decision ${number} to train ${model} again, because ${triggers[0]?.reason}, is ${status}.`,
      `${reason}.`,
      isHeld
        ? `Promote it when the deployment is free again: npx leeboard promote ${name}`
        : 'The next one that begins by itself waits twice as long, up to eight times the cooldown.',
    ].join('\n\n'),
    numbers: version === undefined ? [] : [{ name: 'version', value: version }],
    command: `npx leeboard why ${model}`,
  };
}
