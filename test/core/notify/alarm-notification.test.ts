import { describe, expect, it } from 'vitest';
import { alarmNotification } from '#core/notify/alarm-notification.ts';
import { Notification } from '#core/notify/notification.ts';

const alarm = {
  alarmName: 'leeboard-prod-flights-late-drift',
  state: 'ALARM',
  at: '2026-11-21T23:00:00.000Z',
  reason: 'Threshold Crossed: 1 datapoint [0.31] was greater than or equal to the threshold (0.2).',
  description: 'Inputs changed. If the change is real, train again: npx leeboard train flights-late',
};

describe('what people are told of an alarm', () => {
  it('is its state, what it watches, why it changed, its figures and what to run', () => {
    const told = alarmNotification({ ...alarm, datapoints: [0.31], threshold: 0.2 });
    expect(told).toEqual({
      format: 1,
      id: 'alarm/leeboard-prod-flights-late-drift/ALARM/2026-11-21T23:00:00.000Z',
      at: '2026-11-21T23:00:00.000Z',
      subject: 'ALARM: leeboard-prod-flights-late-drift',
      text: `${alarm.description}\n\n${alarm.reason}`,
      numbers: [
        { name: 'measured', value: 0.31 },
        { name: 'limit', value: 0.2 },
      ],
      command: 'npx leeboard train flights-late',
    });
    expect(Notification.parse(told)).toEqual(told);
  });

  it('has a third figure: over how long it looked', () => {
    const { numbers } = alarmNotification({ ...alarm, datapoints: [0.31], threshold: 0.2, period: 3600 });
    expect(numbers.at(-1)).toEqual({ name: 'minutes looked at', value: 60 });
    const three = alarmNotification({
      ...alarm,
      datapoints: [9, 8, 7],
      newest: 7,
      threshold: 2,
      period: 300,
    });
    expect(three.numbers).toEqual([
      { name: 'measured last', value: 7 },
      { name: 'limit', value: 2 },
      { name: 'minutes looked at', value: 15 },
    ]);
  });

  it.each([
    ['eu-central-1', 'https://eu-central-1.console.aws.amazon.com'],
    ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn'],
    ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com'],
  ])('links the dashboard of the model in %s', (region, console) => {
    const told = alarmNotification({ ...alarm, region });
    expect(told.picture).toBe(
      `${console}/cloudwatch/home?region=${region}#dashboards/dashboard/leeboard-prod-flights-late`,
    );
    expect(Notification.parse(told)).toEqual(told);
  });

  it('links nothing for an alarm that is none of ours, or of nowhere', () => {
    for (const alarmName of ['billing', 'leeboard-prod-backlog', 'other-m-drift'])
      expect(alarmNotification({ ...alarm, alarmName, region: 'eu-west-1' })).not.toHaveProperty('picture');
    expect(alarmNotification(alarm)).not.toHaveProperty('picture');
  });

  it('is other news when the state changes again, and the same news when it is told again', () => {
    const id = (change: Partial<typeof alarm>) => alarmNotification({ ...alarm, ...change }).id;
    expect(id({})).toBe(id({ reason: 'in other words' }));
    expect(new Set([id({}), id({ state: 'OK' }), id({ at: '2026-11-21T23:05:00.000Z' })]).size).toBe(3);
  });

  it.each([
    ['Look: npx leeboard status. Then wait.', 'npx leeboard status'],
    ['Look: npx leeboard status.', 'npx leeboard status'],
    ['npx leeboard drop a.parquet', 'npx leeboard drop a.parquet'],
    ['First npx leeboard status; then npx leeboard train m', 'npx leeboard train m'],
    ['Ask npx leeboard runs m\nor a colleague', 'npx leeboard runs m'],
    ['Somebody else made this alarm.', undefined],
  ])('%j: runs %j', (description, command) => {
    expect(alarmNotification({ ...alarm, description }).command).toBe(command);
  });

  it('asks to run nothing when it is over', () => {
    expect(alarmNotification({ ...alarm, state: 'OK' })).not.toHaveProperty('command');
  });

  it('leaves several datapoints to the reason', () => {
    expect(alarmNotification({ ...alarm, datapoints: [0.3, 0.4], threshold: 0.2 }).numbers).toEqual([
      { name: 'limit', value: 0.2 },
    ]);
  });

  it('says its subject again where an alarm has neither description nor reason', () => {
    const told = alarmNotification({ ...alarm, description: '', reason: '' });
    expect(told.text).toBe('ALARM: leeboard-prod-flights-late-drift');
  });
});
