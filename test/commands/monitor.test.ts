import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { Monitored } from '#core/drift/report.ts';
import { NotFoundError } from '#core/errors.ts';
import { RunFailedError } from '#lib/client/errors.ts';
import { type MonitorOptions, monitor } from '#lib/commands/monitor.ts';
import { openPage } from '#lib/commands/open-page.ts';
import { MemoryStore } from '#test/support/memory-store.ts';
import { captured } from './captured.ts';
import { at } from './deployment.ts';
import { outputs } from './outputs.ts';

vi.mock('#lib/commands/open-page.ts');
afterEach(() => vi.resetAllMocks());

const ARN = 'arn:aws:states:us-east-1:000000000000:execution:late-monitor-model:look-1';
const KEY = 'reports/late/drift/2026-01-01T00:00:00.000Z';
const drifted: Monitored = {
  rows: 1200,
  psi: 3.66,
  column: 'temp',
  drifted: ['temp', 'dewp'],
  shifted: ['wind'],
  reportKey: `${KEY}.json`,
  pageKey: `${KEY}.html`,
};
const quiet: Monitored = {
  rows: 0,
  psi: null,
  column: null,
  drifted: [],
  shifted: [],
  reportKey: null,
  pageKey: null,
};

/** A look that takes two glances, and comes to `monitored`. */
async function look(
  monitored: Monitored | Error,
  { json = false, ...options }: Partial<MonitorOptions> & { json?: boolean } = {},
) {
  const store = new MemoryStore();
  await store.write(`${KEY}.html`, '<!doctype html>the page');
  const started: unknown[] = [];
  let glances = 0;
  const client = {
    outputs,
    start: async (...asked: unknown[]) => {
      started.push(asked);
      return ARN;
    },
    execution: async () => ({ arn: ARN, status: ++glances < 2 ? 'RUNNING' : 'SUCCEEDED', output: undefined }),
    states: async () =>
      ['MonitorModel', 'PublishMetrics'].slice(0, glances).map((state, n) => ({ state, enteredAt: at(n) })),
    finish: async () => {
      if (monitored instanceof Error) throw monitored;
      return { ...monitored, metrics: [{ MetricName: 'DriftPsi' }] };
    },
    store: async () => store,
  };
  const { print, text } = captured({ json });
  const exitCode = await monitor(client as never, { model: 'late', everyMs: 1, ...options }, print);
  return { exitCode, text: text(), started };
}

it('starts the pipeline of the model, tells its states once each, and what it came to', async () => {
  const { exitCode, text, started } = await look(drifted);
  expect(exitCode).toBe(0);
  expect(started).toEqual([['monitor-model', 'late']]);
  expect(text).toBe(
    [
      'monitoring late: look-1',
      '    0.0 s  MonitorModel',
      '    1.0 s  PublishMetrics',
      'rows     1,200',
      'PSI      3.6600, of temp',
      'drifted  temp, dewp',
      'shifted  wind',
      `report   ${KEY}.json`,
      '',
    ].join('\n'),
  );
});

it('says that nothing drifted, and that there is nothing to compare', async () => {
  expect((await look({ ...drifted, drifted: [] })).text).toMatch(/^drifted +none$/m);
  const { exitCode, text } = await look(quiet, { open: true });
  expect(exitCode).toBe(0);
  expect(text).toContain('nothing to compare: late has no champion, or nobody asked it of late');
  expect(openPage).not.toHaveBeenCalled();
});

it('is one document for a program, without what CloudWatch is told', async () => {
  const { text } = await look(drifted, { json: true });
  expect(JSON.parse(text)).toEqual({ model: 'late', ...drifted });
});

it('keeps the page and opens it when asked to, under a name that every system takes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'leeboard-monitor-'));
  try {
    vi.mocked(openPage).mockResolvedValueOnce(true).mockResolvedValueOnce(false);
    const file = join(folder, 'reports/late/drift/2026-01-01T00-00-00.000Z.html');
    const { text } = await look(drifted, { open: true, folder });
    expect(await readFile(file, 'utf8')).toBe('<!doctype html>the page');
    expect(openPage).toHaveBeenCalledWith(file);
    expect(text).toContain(`page     ${file}\n`);
    const { text: unopened } = await look(drifted, { open: true, folder });
    expect(unopened).toContain(`page     ${file} (nothing here opens it)`);
    await look(drifted);
    expect(openPage).toHaveBeenCalledTimes(2);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('a pipeline that fails is an error, and a model that is not deployed is not started', async () => {
  await expect(look(new RunFailedError('IntegrityError: x'))).rejects.toThrow('IntegrityError: x');
  await expect(look(drifted, { model: 'nope' })).rejects.toThrow(NotFoundError);
});
