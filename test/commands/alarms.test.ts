import { expect, it } from 'vitest';
import type { AlarmState } from '#lib/client/answers.ts';
import { alarms } from '#lib/commands/alarms.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

const drift: AlarmState = {
  alarm: 'leeboard-local-late-drift',
  state: 'ALARM',
  since: '2026-01-01T00:00:05.000Z',
  reason: 'Threshold Crossed:\n1 datapoint [3.66]',
  description: 'The inputs of late no longer look alike.\nTrain again. More in docs/runbooks/drift.md.',
};
const backlog: AlarmState = {
  ...drift,
  alarm: 'leeboard-local-backlog',
  state: 'OK',
  since: '',
  description: 'Nothing waits.',
};

async function show(found: AlarmState[], { json = false, stateMachines = outputs.stateMachines } = {}) {
  const { print, text } = captured({ json });
  const client = { outputs: { ...outputs, stateMachines }, alarms: async () => found };
  expect(await alarms(client, print)).toBe(0);
  return text();
}

it('shows each alarm’s model, state, since when, page and why, and what it means, a line each', async () => {
  expect(await show([backlog, drift])).toBe(
    [
      'model  alarm    state  since (UTC)          runbook                 why',
      '-      backlog  OK     -                    -                       Threshold Crossed: 1 datapoint [3.66]',
      'late   drift    ALARM  2026-01-01 00:00:05  docs/runbooks/drift.md  Threshold Crossed: 1 datapoint [3.66]',
      '',
      'backlog     Nothing waits.',
      'late drift  The inputs of late no longer look alike. Train again. More in docs/runbooks/drift.md.',
      '',
    ].join('\n'),
  );
});

it('an alarm is of its own model, not of one whose name begins alike', async () => {
  const stateMachines = { 'late-train-model': 'a', 'late-night-train-model': 'b' };
  const found = [drift, { ...drift, alarm: 'leeboard-local-late-night-drift' }];
  expect(JSON.parse(await show(found, { json: true, stateMachines }))).toEqual({
    alarms: ['late', 'late-night'].map((model) => ({
      name: `leeboard-local-${model}-drift`,
      model,
      what: 'drift',
      runbook: 'docs/runbooks/drift.md',
      state: 'ALARM',
      since: drift.since,
      reason: drift.reason,
      description: drift.description,
    })),
  });
});

it('a deployment without alarms says so', async () => {
  expect(await show([])).toBe('No alarms are deployed.\n');
});
