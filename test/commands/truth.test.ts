import { expect, it } from 'vitest';
import { NotFoundError } from '#core/errors.ts';
import type { TruthReport } from '#lib/client/answers.ts';
import { truth } from '#lib/commands/truth.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

const report: TruthReport = {
  model: 'late',
  asOf: '2026-05-02T00:00:00.000Z',
  from: '2026-04-02T00:00:00.000Z',
  to: '2026-05-01T23:58:00.000Z',
  rows: 1200,
  joined: 900,
  joinRate: 0.9,
  delaySeconds: { median: 60.5, p90: 120 },
  repeated: 3,
  conflicts: 1,
  conflicting: ['a#0'],
  late: 2,
  unknown: 4,
  unmatched: 5,
  versions: [{ version: 2, rows: 900, metrics: { auc: { value: 0.75, low: 0.7, high: 0.8 } } }],
};

it('says how much is known, what is odd and how good each version was', async () => {
  const { print, text } = captured();
  await truth({ outputs, truthReport: async () => report }, { model: 'late' }, print);
  expect(text()).toBe(
    [
      'late as of 2026-05-02 00:00:00',
      '',
      'predictions  1,200 from 2026-04-02 00:00:00 to 2026-05-01 23:58:00',
      'with truth   900; of those old enough 0.9000',
      'delay        60.5000 s median, 120.0000 s for nine of ten',
      'repeated     3',
      'conflicting  1: a#0',
      'late         2',
      'unknown      4 by id, 5 by key',
      '',
      'version  rows     auc',
      '      2   900  0.7500',
      '',
    ].join('\n'),
  );
});

it('says what writes a report when there is none, and what models there are', async () => {
  const none = { outputs, truthReport: async () => undefined };
  await expect(truth(none, { model: 'late' }, captured().print)).rejects.toThrow('monitor-model writes one');
  await expect(truth(none, { model: 'x' }, captured().print)).rejects.toThrow(NotFoundError);
});
