import { expect, it } from 'vitest';
import {
  ALARM_KINDS,
  ATTENTION,
  alarmName,
  dashboardName,
  dashboardOfAlarm,
} from '#core/monitor/alarm-names.ts';

it('every alarm leads to the dashboard of its model, whatever the model is called', () => {
  for (const model of ['late', 'no-traffic', 'late-drift', 'drift'])
    for (const kind of [...ALARM_KINDS, ATTENTION] as const)
      expect(dashboardOfAlarm(alarmName('prod', model, kind))).toBe(dashboardName('prod', model));
});
