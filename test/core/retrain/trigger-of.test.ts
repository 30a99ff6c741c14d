import { describe, expect, it } from 'vitest';
import { LoopEvent, triggersOf } from '#core/retrain/trigger-of.ts';

const at = '2013-05-01T00:00:00.000Z';
const window = { from: '2013-04-30T00:00:00.000Z', to: '2013-05-01T00:00:00.000Z', revision: 2 };

const drift = {
  version: 3,
  columns: ['temp', 'year', 'dewp'],
  light: ['year'],
  psi: 0.4321,
  window,
  asOf: at,
};
const seen = { metric: 'auc', before: 0.7, now: 0.6123, drop: 0.05, rows: 900 };
const performance = { version: 3, ...seen, window, asOf: at };
const data = { dataset: 'flights', version: 7, rows: 99_000, asOf: at };
const wish = { id: 'a-b', by: 'anna', reason: 'new hub', asOf: at };

const triggersFor = (type: string, detail?: object) => triggersOf(LoopEvent.parse({ type, detail }));

describe('triggersOf', () => {
  it('tells people in a sentence what it was seen by', () => {
    expect(triggersFor('DriftDetected', drift)[0]?.reason).toBe(
      'the inputs of 2013-04-30T00:00 to 2013-05-01T00:00 drifted from what version 3 was trained on: temp and 1 more; the largest PSI of a column is 0.432',
    );
    expect(triggersFor('PerformanceDropped', performance)[0]?.reason).toBe(
      'auc of version 3 fell from 0.7 to 0.612, by 0.05 beyond doubt, on 900 rows of 2013-04-30T00:00 to 2013-05-01T00:00',
    );
    expect(triggersFor('DatasetVersionCreated', data)[0]?.reason).toBe('flights@7 came, 99000 rows in all');
    expect(triggersFor('TrainingRequested', wish)[0]).toMatchObject({ by: 'anna', reason: 'new hub' });
  });

  it('names a cause by what it is, so that the same event twice is one, and another revision another', () => {
    const ids = (type: string, detail: object) => triggersFor(type, detail).map(({ id }) => id);
    const span = '2013-04-30T00:00:00.000Z..2013-05-01T00:00:00.000Z';
    expect(ids('DriftDetected', drift)).toEqual([`drift:3:${span}:2`]);
    expect(ids('DriftDetected', { ...drift, asOf: window.from })).toEqual([`drift:3:${span}:2`]);
    expect(ids('DriftDetected', { ...drift, window: { ...window, revision: 3 } })).toEqual([
      `drift:3:${span}:3`,
    ]);
    expect(ids('PerformanceDropped', performance)).toEqual([`performance:3:${span}:2`]);
    expect(ids('DatasetVersionCreated', data)).toEqual(['data:flights@7']);
    expect(ids('TrainingRequested', wish)).toEqual(['person:a-b']);
  });

  it('takes drift of columns that the model hardly relies on for no cause', () => {
    expect(triggersFor('DriftDetected', { ...drift, light: drift.columns })).toEqual([]);
  });

  it('says of drift and performance which version they were seen of: another may be champion by then', () => {
    expect(triggersFor('DriftDetected', drift)[0]?.version).toBe(3);
    expect(triggersFor('PerformanceDropped', performance)[0]?.version).toBe(3);
  });

  it.each(['Tick', 'DeploymentChanged', 'ApprovalDecided', 'Step Functions Execution Status Change'])(
    '%s brings no cause: it only wakes',
    (type) => expect(triggersFor(type, { anything: 1 })).toEqual([]),
  );

  it('refuses what nobody sends', () => {
    expect(() => triggersFor('Sunrise', {})).toThrow();
    expect(() => triggersFor('DriftDetected', { ...drift, version: undefined })).toThrow();
  });
});
