import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { InvalidInputError, NotFoundError } from '#core/errors.ts';
import { type MonitoredWindow, NOTHING_MONITORED } from '#core/monitor/monitored.ts';
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
const drifted: MonitoredWindow = {
  rows: 1200,
  psi: 3.66,
  column: 'temp',
  drifted: ['temp', 'dewp'],
  shifted: ['wind'],
  light: [],
  reportKey: `${KEY}.json`,
  pageKey: `${KEY}.html`,
  window: { from: '2025-12-31T23:00:00.000Z', to: '2026-01-01T00:00:00.000Z', revision: 1, fresh: true },
  predictions: { psi: 0.25, verdict: 'drifted' },
  performance: null,
  estimate: { auc: 0.71, logLoss: 0.6, f1: 0.5 },
  attention: [{ cause: 'drift', text: 'temp has\u001b[2J drifted' }],
};

/** A look that takes two glances, and comes to `monitored`. */
async function look(
  monitored: MonitoredWindow | Error,
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
      ['ExamineWindow', 'PublishMetrics'].slice(0, glances).map((state, n) => ({ state, enteredAt: at(n) })),
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
  expect(started).toEqual([['monitor-model', 'late', {}]]);
  expect(text).toBe(
    [
      'monitoring late: look-1',
      '    0.0 s  ExamineWindow',
      '    1.0 s  PublishMetrics',
      'window                   2025-12-31 23:00:00 to 2026-01-01 00:00:00',
      'rows                     1,200',
      'PSI                      3.6600, of temp',
      'drifted                  temp, dewp',
      'shifted                  wind',
      'predictions              PSI 0.2500, drifted',
      'estimate, without truth  auc 0.7100, logLoss 0.6000',
      `report                   ${KEY}.json`,
      'attention                temp has drifted',
      '',
    ].join('\n'),
  );
});

it('says that nothing drifted, and that there is nothing to compare', async () => {
  expect((await look({ ...drifted, drifted: [] })).text).toMatch(/^drifted +none$/m);
  const { exitCode, text } = await look(NOTHING_MONITORED, { open: true });
  expect(exitCode).toBe(0);
  expect(text).toContain('nothing to compare: late has no champion, or nobody asked it of late');
  expect(openPage).not.toHaveBeenCalled();
});

it('says how good the answers were where that is known, and estimates nothing then', async () => {
  const performance = { metric: 'auc', value: 0.68, rows: 900 };
  const { text } = await look({ ...drifted, performance });
  expect(text).toMatch(/^performance +auc 0\.6800, of 900 rows with truth$/m);
  expect(text).not.toContain('estimate');
  const { text: unknown } = await look({ ...drifted, predictions: null, estimate: null });
  expect(unknown).toMatch(/^predictions +-$/m);
  expect(unknown).toMatch(/^estimate, without truth +-$/m);
});

it('looks as far back as it is told, and refuses what is no duration', async () => {
  expect((await look(drifted, { window: '24h' })).started).toEqual([
    ['monitor-model', 'late', { window: '24 hours' }],
  ]);
  const refused = look(drifted, { window: 'a while' });
  await expect(refused).rejects.toThrow(InvalidInputError);
  await expect(refused).rejects.toThrow('window');
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
    expect(text).toContain(`page                     ${file}\n`);
    const { text: unopened } = await look(drifted, { open: true, folder });
    expect(unopened).toContain(`page                     ${file} (nothing here opens it)`);
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
