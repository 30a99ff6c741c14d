import { describe, expect, it } from 'vitest';
import type { LiveModel, LiveStatus } from '#core/api/status.ts';
import { liveStatus } from '#core/status/live-status.ts';
import { parseDuration, UsageError } from '#lib/commands/arguments.ts';
import { EXIT } from '#lib/commands/printer.ts';
import { watchStatus } from '#lib/commands/watch-status.ts';
import { IDLE } from '#test/support/live-models.ts';
import { captured } from './captured.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const BUSY: LiveModel = {
  ...IDLE,
  champion: 3,
  inFlight: 2.34,
  requestsPerSecond: 117.2,
  instances: 4,
  rollout: { candidate: 4, stage: 'canary', percent: 10, stageStartedAt: at(0) },
  frozen: true,
  runs: {
    active: [
      { runId: 'r1', by: 'ada', since: at(0), progress: { state: 'TrainModel', done: 120, total: 300 } },
    ],
    waiting: [{ runId: 'r2', by: 'b\u001b[31mob', since: at(30) }],
  },
  batches: [
    {
      batchId: 'b',
      version: 3,
      dataset: 'flights',
      datasetVersion: 4,
      since: at(50),
      rowsDone: 50_000,
      rows: 109_119,
    },
  ],
};

/** A deployment that is idle at the first look and busy at the second. */
function deployment() {
  const looks: LiveStatus[] = [
    liveStatus(at(0), [IDLE], { replays: 0, ingestions: 0 }),
    liveStatus(at(60), [BUSY], { replays: 1, ingestions: 2 }),
  ];
  let look = 0;
  return { looks, live: async () => looks[Math.min(look++, looks.length - 1)] as LiveStatus };
}

const watch = async (options: Parameters<typeof captured>[0] = {}) => {
  const client = deployment();
  const found = captured(options);
  expect(await watchStatus(client, { everyMs: 1, times: 2 }, found.print)).toBe(EXIT.ok);
  return { text: found.text(), looks: client.looks };
};

describe('status --watch', () => {
  it('tells the load of each model and every piece of work', async () => {
    const { text } = await watch();
    expect(text.slice(text.indexOf('2026-01-01 00:01:00'))).toMatchInlineSnapshot(`
      "2026-01-01 00:01:00 UTC, Ctrl-C ends

      model  in flight  requests/s  instances  champion  rollout
      late         2.3       117.2          4         3  4: canary, 10 % frozen

      now         of                progress             for         by
      training    late              TrainModel 120/300   1 minute    ada
      waiting     late              -                    30 seconds  bob
      batch       late@3 flights@4  50,000/109,119 rows  10 seconds
      ingestions                    2
      replays                       1

      "
    `);
    expect(text).toContain('now  nothing');
  });

  it('redraws in place on a terminal', async () => {
    const { text } = await watch({ width: 120 });
    const lines = text.slice(0, text.indexOf('\u001b[')).split('\n').length - 1;
    expect(text).toContain(`\u001b[${lines}A\u001b[J2026-01-01 00:01:00`);
  });

  it('with --json prints one document a line', async () => {
    const { text, looks } = await watch({ json: true });
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(looks);
  });

  it('an API that fails ends it', async () => {
    const live = () => Promise.reject(new Error('on our side'));
    await expect(watchStatus({ live }, { everyMs: 1 }, captured().print)).rejects.toThrow('on our side');
  });
});

describe('--every', () => {
  it('takes a duration', () => {
    expect(parseDuration('--every', '2s')).toBe(2000);
    expect(parseDuration('--every', '1m')).toBe(60_000);
  });

  it.each(['0s', '2', 'often', '-1s', '1.5s'])('refuses %s', (text) => {
    expect(() => parseDuration('--every', text)).toThrow(UsageError);
    expect(() => parseDuration('--every', text)).toThrow('--every: expected a duration such as 2s or 1m');
  });
});
