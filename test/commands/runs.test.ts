import { describe, expect, it } from 'vitest';
import type { Run } from '#core/registry/records.ts';
import { callerName, runs, sortRuns } from '#lib/commands/runs.ts';
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
  expect(await textOf([started])).toMatch(/^2026-01-01 10:00:00 +running +- +- +- +- +- +- +1 +ada$/m);
});

it('a run that succeeded shows its version, seconds and metrics', async () => {
  const run: Run = { ...ended, status: 'succeeded', version: 2, metrics: { auc: 0.63824, logLoss: 0.6424 } };
  expect(await textOf([run])).toMatch(/succeeded +2 +22\.1 s +- +- +0\.6382 +0\.6424 +1 +ada$/m);
});

it('a refused run says why in the words of the gate that refused it, a failed one by its error', async () => {
  const refused: Run = {
    ...ended,
    status: 'refused',
    version: 3,
    verdict: ['auc 0.5 is below 0.6', 'log loss 0.4 is below 0.6'],
  };
  const failed: Run = {
    ...ended,
    status: 'failed',
    error: { name: 'NotFeasibleError', message: 'no\nrows' },
  };
  const text = await textOf([refused, failed]);
  expect(text).toMatch(/ada +auc 0\.5 is below 0\.6$/m);
  expect(text).toMatch(/ada +NotFeasibleError: no rows$/m);
});

it('no runs say what to run', async () => {
  expect(await textOf([])).toBe('late has no runs yet: run "npx leeboard train late"\n');
});

it('what a run cost, its trials and why it was asked for are told', async () => {
  const requests = ['weekly', 'new data', 'weekly'].map((reason, index) => ({
    execution: `e${index}`,
    by: 'ada',
    at: started.startedAt,
    reason,
  }));
  const trials = { asked: 20, completed: 14, pruned: 5, failed: 1 };
  const text = await textOf([{ ...ended, status: 'succeeded', costUsd: 0.00123, trials, requests }]);
  expect(text).toMatch(/\$0\.0012 +14\/20 .* ada +weekly; new data$/m);
});

it.each([
  ['arn:aws:iam::000000000000:user/ada', 'ada'],
  ['arn:aws:sts::000000000000:assumed-role/Trainers/grace', 'Trainers/grace'],
  ['schedule', 'schedule'],
])('%s is told as %s', (by, name) => {
  expect(callerName(by)).toBe(name);
});

describe('runs are sorted', () => {
  const run = (runId: string, changes: Partial<Run> = {}): Run => ({
    ...ended,
    runId,
    status: 'succeeded',
    ...changes,
  });
  const ids = (found: readonly Run[]) => found.map(({ runId }) => runId).join(' ');
  const metrics = (auc: number, logLoss: number) => ({ metrics: { auc, logLoss } });
  const failed = run('failed', { status: 'failed' });
  const found = [
    run('low', metrics(0.6, 0.7)),
    failed,
    run('high', metrics(0.8, 0.5)),
    run('middle', metrics(0.7, 0.6)),
  ];

  it.each(['auc', 'logLoss'])('by %s the best first, a run without it last', (metric) => {
    expect(ids(sortRuns(found, metric))).toBe('high middle low failed');
  });

  it('by when they started the newest first', () => {
    const later = run('later', { startedAt: '2026-01-02T00:00:00.000Z' });
    expect(ids(sortRuns([run('earlier'), later], 'started'))).toBe('later earlier');
  });

  it('by cost and duration the most first, an unknown one last', () => {
    const cheap = run('cheap', { costUsd: 0.1, finishedAt: '2026-01-01T10:00:01.000Z' });
    const dear = run('dear', { costUsd: 2, finishedAt: '2026-01-01T10:09:00.000Z' });
    const open = { ...started, runId: 'open' };
    expect(ids(sortRuns([open, cheap, dear], 'cost'))).toBe('dear cheap open');
    expect(ids(sortRuns([open, cheap, dear], 'took'))).toBe('dear cheap open');
  });

  it('by nothing else: the choice is named', async () => {
    const client = { outputs, runs: async () => found };
    await expect(runs(client, { model: 'late', sort: 'speed' }, captured().print)).rejects.toThrow(
      /--sort: expected one of started, took, cost, auc, .*got "speed"/,
    );
  });

  it('the metric that they are sorted by is shown', async () => {
    const { print, text } = captured();
    const brier = run('x', { metrics: { auc: 0.7, logLoss: 0.6, brier: 0.2 } });
    await runs({ outputs, runs: async () => [brier] }, { model: 'late', sort: 'brier' }, print);
    expect(text()).toMatch(/brier +AUC +log loss[\s\S]* 0\.2000 +0\.7000 +0\.6000 /);
  });
});
