import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NotFoundError } from '#core/errors.ts';
import type { ReplayReport } from '#core/replay/report.ts';
import { UsageError } from '#lib/commands/arguments.ts';
import { EXIT } from '#lib/commands/printer.ts';
import { type ReplayOptions, replay } from '#lib/commands/replay.ts';
import { reportOf } from '#test/support/replay-reports.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

const NOW = new Date('2026-01-01T02:00:00Z');
const running = { replayId: 'r1', status: 'running' as const };

function deployment(report: ReplayReport | string) {
  const asked: unknown[] = [];
  let looks = 0;
  return {
    outputs,
    asked,
    startReplay: async (model: string, request: object) => {
      asked.push({ model, ...request });
      return { replayId: 'r1' };
    },
    replay: async () => {
      if (looks++ === 0) return running;
      return typeof report === 'string'
        ? { replayId: 'r1', status: 'failed' as const, error: { name: 'NotFoundError', message: report } }
        : { replayId: 'r1', status: 'succeeded' as const, report };
    },
  };
}

async function run(report: ReplayReport | string, options: Partial<ReplayOptions> = {}, json = false) {
  const found = captured({ json });
  const client = deployment(report);
  const given = { version: 'late@2', since: '2h', now: NOW, everyMs: 1, ...options };
  const exitCode = await replay(client, given, found.print);
  return { ...found, exitCode, asked: client.asked };
}

describe('replay', () => {
  it('asks for the window before now and tells what would have changed, in sentences, numbers and a picture', async () => {
    const { text, exitCode, asked } = await run(reportOf('binary'));
    expect(exitCode).toBe(EXIT.ok);
    expect(asked).toEqual([
      { model: 'late', version: 2, from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T02:00:00.000Z' },
    ]);
    expect(text()).toMatchInlineSnapshot(`
      "replaying 2026-01-01 00:00:00 to 2026-01-01 02:00:00 (UTC) with late@2: r1
      late@2 decides 234 of 2000 rows (11.7 %) otherwise: 234 from negative to positive, 0 from positive to negative.
      The mean probability goes from 0.2977 to 0.3732; nine in ten rows by +0.01232 to +0.1609.
      As a whole the answers are alike: PSI 0.1558.
      late@2 cannot score 10 of 2010 rows (0.498 %): distance holds what it does not take (10 rows).
      Read as missing: tailnum is hidden in the log (2000 rows).

                 mean  rows by answer, 0 to 1
      answered  0.298  ▂▇███▇▆▅▅▄▃▃▂▂▂▁▁
      late@2    0.373  ▁▄▆▆▆▆▆▆▅▅▄▄▃▃▂▂▁▁

      change      min      p5     p25     p50    p75    p95   max
              -0.0518  0.0123  0.0416  0.0715  0.104  0.161  0.26
      "
    `);
  });

  it('of labels shows who was called what', async () => {
    const { text } = await run(reportOf('multiclass'));
    expect(text()).toMatch(/^was +early +late +on time$/m);
    expect(text()).toMatch(/^late +\d+ +\d+ +\d+$/m);
  });

  it('of values shows them in their own unit', async () => {
    const { text } = await run(reportOf('regression'));
    expect(text()).toMatch(/moves \d+ of 2000 rows .* by more than [\d.]+, one standard deviation/);
    expect(text()).toMatch(/rows by answer, [\d.]+ to [\d.]+$/m);
  });

  it('shows who answered when more than one did, and what truth says', async () => {
    const answered = [
      { version: 1, rows: 900, changed: 3 },
      { version: 3, rows: 1100, changed: 40 },
    ];
    const metrics = [{ metric: 'logLoss', before: 0.5, after: 0.45, difference: -0.05, bound: -0.01 }];
    const truth = { rows: 500, right: { before: 0.7, after: 0.75 }, metrics };
    const { text } = await run(reportOf('binary', 0.4, { answered, truth }));
    expect(text()).toMatch(/^ +3 +1,100 +40$/m);
    expect(text()).toMatch(/^late@2 is better: logLoss 0\.45 against 0\.5 of the 500 rows/m);
    expect(text()).toMatch(/^logLoss +0\.5000 +0\.4500 +-0\.0500$/m);
  });

  it('takes another end and a reason', async () => {
    const { asked } = await run(reportOf('binary'), {
      since: '2025-12-31T00:00:00Z',
      until: '2025-12-31T12:00:00Z',
      reason: 'before promoting it',
    });
    expect(asked).toEqual([
      {
        model: 'late',
        version: 2,
        from: '2025-12-31T00:00:00.000Z',
        to: '2025-12-31T12:00:00.000Z',
        reason: 'before promoting it',
      },
    ]);
  });

  it('--json gives the report', async () => {
    const report = reportOf('binary');
    const { document } = await run(report, {}, true);
    expect(document()).toEqual(report);
  });

  it('--html writes the page and says where it is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leeboard-replay-'));
    const html = join(folder, 'page.html');
    const { text } = await run(reportOf('binary'), { html });
    expect(text()).toContain(`page: ${html}`);
    expect(await readFile(html, 'utf8')).toContain('Then and now');
    await rm(folder, { recursive: true });
  });

  it('that failed says why and fails', async () => {
    const { text, exitCode } = await run('no prediction of late was logged');
    expect(exitCode).toBe(EXIT.failed);
    expect(text()).toContain('failed: no prediction of late was logged');
  });

  it.each([
    ['what is no version', { version: 'late' }, UsageError],
    ['a model that is not deployed', { version: 'early@1' }, NotFoundError],
    ['a begin that is no time', { since: 'yesterday' }, UsageError],
    ['an end that is no instant', { until: '2h' }, UsageError],
  ])('refuses %s', async (_, options, error) => {
    await expect(run(reportOf('binary'), options)).rejects.toThrow(error);
  });
});
