import { describe, expect, it } from 'vitest';
import type { ModelVersion } from '#core/registry/records.ts';
import { liveStatus } from '#core/status/live-status.ts';
import type { AlarmState } from '#lib/client/answers.ts';
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
  alarms: async (): Promise<AlarmState[]> => [],
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

describe('what needs attention', () => {
  const alarm = (what: string, state: AlarmState['state'] = 'OK'): AlarmState => ({
    alarm: `leeboard-local-late-${what}`,
    state,
    since: '2026-01-01T00:00:00.000Z',
    reason: '',
    description: '',
  });

  /** The model's, and how it is shown. */
  async function shown(...alarms: AlarmState[]) {
    const [json, text] = [captured({ json: true }), captured()];
    for (const { print } of [json, text])
      await status({ ...nothing, alarms: async () => alarms }, { now: NOW }, print);
    const [line = ''] = text.text().match(/^late .*$/m) ?? [];
    return [json.document<Status>().models[0]?.attention, line.split(/ {2,}/).at(-1)];
  }

  it('is what rings, by name', async () => {
    const ringing = [
      alarm('attention', 'ALARM'),
      alarm('drift', 'ALARM'),
      alarm('errors'),
      alarm('quality', 'ALARM'),
    ];
    expect(await shown(...ringing)).toEqual([
      { state: 'ALARM', ringing: ['drift', 'quality'] },
      'drift, quality',
    ]);
  });

  it('is nothing when no alarm of the model rings, whatever rings of another', async () => {
    const other = { ...alarm('', 'ALARM'), alarm: 'leeboard-local-early-drift' };
    expect(await shown(alarm('attention'), alarm('drift', 'INSUFFICIENT_DATA'), other)).toEqual([
      { state: 'OK', ringing: [] },
      'none',
    ]);
  });

  it('is told in the moment in which one of both alarms has not followed yet', async () => {
    expect(await shown(alarm('attention', 'ALARM'), alarm('drift'))).toEqual([
      { state: 'ALARM', ringing: [] },
      'ALARM',
    ]);
    expect(await shown(alarm('attention'), alarm('drift', 'ALARM'))).toEqual([
      { state: 'OK', ringing: ['drift'] },
      'drift',
    ]);
  });

  it('is not known before there are alarms, or before they looked', async () => {
    expect(await shown()).toEqual([null, '-']);
    expect(await shown(alarm('attention', 'INSUFFICIENT_DATA'))).toEqual([
      { state: 'INSUFFICIENT_DATA', ringing: [] },
      'no data yet',
    ]);
  });
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
