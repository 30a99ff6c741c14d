import { expect, it } from 'vitest';
import type { Run } from '#core/registry/records.ts';
import { runs } from '#lib/commands/runs.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

const started: Run = {
  model: 'late',
  runId: '1',
  pipeline: 'train-model',
  status: 'running',
  startedAt: '2026-01-01T10:00:00.000Z',
  by: 'ada',
};
const ended = { ...started, finishedAt: '2026-01-01T10:00:22.140Z' };

async function textOf(found: Run[]): Promise<string> {
  const { print, text } = captured();
  await runs({ outputs, runs: async () => found }, { model: 'late' }, print);
  return text();
}

it('a run that works has no version, duration or metrics yet', async () => {
  expect(await textOf([started])).toMatch(/^2026-01-01 10:00:00 +running +- +- +- +- +ada$/m);
});

it('a run that succeeded shows its version, seconds and metrics', async () => {
  const run: Run = { ...ended, status: 'succeeded', version: 2, metrics: { auc: 0.63824, logLoss: 0.6424 } };
  expect(await textOf([run])).toMatch(/succeeded +2 +22\.1 s +0\.6382 +0\.6424 +ada$/m);
});

it('a refused run says why in the words of its gates, a failed one by its error', async () => {
  const refused: Run = {
    ...ended,
    status: 'refused',
    version: 3,
    verdict: ['auc 0.5 is below 0.6', 'worse'],
  };
  const failed: Run = {
    ...ended,
    status: 'failed',
    error: { name: 'NotFeasibleError', message: 'no\nrows' },
  };
  const text = await textOf([refused, failed]);
  expect(text).toMatch(/ada +auc 0\.5 is below 0\.6; worse$/m);
  expect(text).toMatch(/ada +NotFeasibleError: no rows$/m);
});

it('no runs say what to run', async () => {
  expect(await textOf([])).toBe('late has no runs yet: run "npx leeboard train late"\n');
});
