import { expect, it } from 'vitest';
import type { ModelVersion } from '#core/registry/records.ts';
import { liveStatus } from '#core/status/live-status.ts';
import { ApiError } from '#lib/client/errors.ts';
import { type Status, status } from '#lib/commands/status.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

const NOW = new Date('2026-01-02T00:00:00Z');
const IDLE = liveStatus(NOW.toISOString(), [], { replays: 0, ingestions: 0 });
const nothing = {
  outputs,
  dataset: async () => ({ versions: [], rejections: [] }),
  model: async (): Promise<never> => {
    throw new ApiError(404, { detail: 'never trained' });
  },
  runs: async () => [],
  driftAlarm: async () => undefined,
  executions: async () => [],
  live: async () => IDLE,
};

it('a fresh deployment shows what is deployed, though nothing was dropped or trained', async () => {
  const { print, text } = captured();
  expect(await status(nothing, { now: NOW }, print)).toBe(0);
  expect(text()).toMatch(/^flights +- +0 +0 +- +0$/m);
  expect(text()).toMatch(/^late +- +- +0 +- +- +- +-$/m);
  expect(text()).toMatch(/^running +nothing$/m);
});

it('shows the metrics of the champion, not of a newer version that was refused', async () => {
  const version = (number: number, auc: number) =>
    ({ version: number, metrics: { auc } }) as unknown as ModelVersion;
  const details = {
    model: 'late',
    champion: 1,
    rev: 1,
    changedAt: null,
    latest: 2,
    metrics: { auc: 0.5 },
    input: null,
    versions: [version(2, 0.5), version(1, 0.7)],
  };
  const { print, document } = captured({ json: true });
  await status({ ...nothing, model: async () => details }, { now: NOW }, print);
  expect(document<Status>().models).toMatchObject([{ champion: 1, latest: 2, metrics: { auc: 0.7 } }]);
});

it('shows running executions of every pipeline', async () => {
  const asked: unknown[] = [];
  const executions = async (pipeline: string, _limit?: number, state?: string) => {
    asked.push(state);
    return pipeline === 'late-train-model'
      ? [{ name: 'x', status: 'RUNNING', startedAt: '2026-01-01T23:59:00Z' }]
      : [];
  };
  const { print, text } = captured();
  await status({ ...nothing, executions }, { now: NOW }, print);
  expect(text()).toMatch(/^late-train-model +x +1 minute$/m);
  expect(asked).toEqual(['RUNNING', 'RUNNING']);
});

it('an API that fails is an error, not a model without versions', async () => {
  const model = () => Promise.reject(new ApiError(500, { detail: 'Something failed on our side' }));
  await expect(status({ ...nothing, model }, { now: NOW }, captured().print)).rejects.toThrow('on our side');
});
