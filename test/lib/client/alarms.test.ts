import { expect, it } from 'vitest';
import { Alarms } from '#lib/client/alarms.ts';
import { outputs } from '../../commands/outputs.ts';

const moved = new Date('2026-01-01T00:00:00Z');
const updated = new Date('2026-01-02T00:00:00Z');

it('every page of the deployment’s alarms is read, each with the time of its last change of state', async () => {
  const asked: { NextToken?: string }[] = [];
  const pages: Record<string, object> = {
    first: {
      MetricAlarms: [
        {
          AlarmName: 'leeboard-local-late-drift',
          StateValue: 'ALARM',
          StateReason: 'crossed',
          StateTransitionedTimestamp: moved,
          StateUpdatedTimestamp: updated,
          AlarmDescription: 'what to do',
        },
      ],
      NextToken: 'second',
    },
    second: {
      MetricAlarms: [
        { AlarmName: 'leeboard-local-early-drift', StateValue: 'OK', StateUpdatedTimestamp: updated },
      ],
      CompositeAlarms: [{ AlarmName: 'leeboard-local-all' }],
    },
  };
  const cloudWatch = {
    describeAlarms: async (input: { NextToken?: string }) => {
      asked.push(input);
      return pages[input.NextToken ?? 'first'];
    },
  };
  const found = await new Alarms(outputs, async () => cloudWatch as never).all();
  expect(found).toEqual([
    { alarm: 'leeboard-local-all', state: 'INSUFFICIENT_DATA', since: '', reason: '', description: '' },
    {
      alarm: 'leeboard-local-early-drift',
      state: 'OK',
      since: updated.toISOString(),
      reason: '',
      description: '',
    },
    {
      alarm: 'leeboard-local-late-drift',
      state: 'ALARM',
      since: moved.toISOString(),
      reason: 'crossed',
      description: 'what to do',
    },
  ]);
  expect(asked).toMatchObject([
    { AlarmNamePrefix: 'leeboard-local-', AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
    { NextToken: 'second' },
  ]);
});
