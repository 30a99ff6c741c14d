import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunComparison } from '#core/compare/compare-runs.ts';
import type { Run } from '#core/registry/records.ts';
import { diffRuns } from '#lib/commands/diff-runs.ts';
import { EXIT } from '#lib/commands/printer.ts';
import { runs } from '#lib/commands/runs.ts';
import { showRun } from '#lib/commands/show-run.ts';
import { captured } from '../commands/captured.ts';
import { client } from './deployment.ts';
import { dropOrders } from './orders.ts';
import { runToEnd, versionWith } from './training.ts';

const MODEL = 'orders-searched';
type Searched = Awaited<ReturnType<typeof versionWith>>;

let folder: string;
let own: Searched;
let auto: Searched;
let failed: Run;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leeboard-tracking-'));
  await dropOrders();
  own = await versionWith(MODEL);
  auto = await versionWith(MODEL, { algorithm: 'auto' });
  // Without any penalty a linear model with a column a level has no single optimum.
  failed = await runToEnd(MODEL, {
    reason: 'a mistake',
    set: { algorithm: { kind: 'linear', l2: 0 }, 'search.trials': 1 },
  });
});
afterAll(() => rm(folder, { recursive: true }));

describe('a run that failed', () => {
  it('keeps why, what it was asked, its data and every step until then', () => {
    expect(failed).toMatchObject({
      status: 'failed',
      error: { name: 'SearchFailedError', message: expect.stringContaining('give l2 a larger value') },
      requests: [{ reason: 'a mistake', by: expect.stringMatching(/^arn:aws:/) }],
      set: { algorithm: { kind: 'linear', l2: 0 } },
      datasets: { orders: own.datasets.orders },
      codeVersion: own.bundle.codeVersion,
      costUsd: expect.any(Number),
    });
    expect(failed.version).toBeUndefined();
    const states = failed.steps?.map(({ state }) => state);
    expect(states?.slice(0, 3)).toEqual(['CheckFeasibility', 'PrepareTraining', 'ProposeTrials-000']);
    expect(Object.keys(failed.artifacts ?? {})).toEqual(expect.arrayContaining(['spec', 'features']));
  });

  it('is shown with its error', async () => {
    const { print, text } = captured();
    expect(await showRun(client, { model: MODEL, run: failed.runId }, print)).toBe(EXIT.ok);
    expect(text()).toMatch(/^status +failed$/m);
    expect(text()).toMatch(/^error +SearchFailedError: /m);
    expect(text()).toMatch(/: a mistake$/m);
    expect(text()).toMatch(/^PrepareTraining .* s .* MB$/m);
  });
});

it('a run that cannot even ask for its turn is kept with its error', async () => {
  const arn = await client.start('train-model', MODEL, { by: 'anna', set: 'nonsense' });
  await expect(client.finish(arn)).rejects.toThrow('InvalidInputError');
  const run = await client.run(MODEL, arn.split(':').at(-1) as string);
  expect(run).toMatchObject({
    status: 'failed',
    by: 'anna',
    error: { name: 'InvalidInputError', message: expect.stringContaining('request.set') },
  });
  expect((await client.runs(MODEL)).map(({ runId }) => runId)).toContain(run.runId);
});

it('runs are sorted by a metric, the best first, those without it last', async () => {
  const { print, document } = captured({ json: true });
  expect(await runs(client, { model: MODEL, sort: 'auc' }, print)).toBe(EXIT.ok);
  const values = document<{ runs: Run[] }>().runs.map(({ metrics }) => metrics?.auc ?? -1);
  expect(values).toEqual(values.toSorted((a, b) => b - a));
  expect(values[0]).toBeGreaterThan(0.8);
  expect(values.at(-1)).toBe(-1);
});

it('a run of a search is shown with its leaderboard, its metrics by round and every step', async () => {
  const { print, document } = captured({ json: true });
  expect(await showRun(client, { model: MODEL, run: String(own.version) }, print)).toBe(EXIT.ok);
  const shown = document<Run & { leaderboard: object[]; history: object[]; libraries: object }>();
  expect(shown.runId).toBe(own.run.runId);
  expect(shown.leaderboard).toEqual(own.training.search?.trials);
  expect(shown.history).toEqual(own.training.history);
  expect(shown.history.length).toBeGreaterThan(1);
  expect(shown.libraries).toEqual(own.bundle.libraries);
  expect(shown.steps?.map(({ state }) => state)).toEqual(
    expect.arrayContaining(['PrepareTraining', 'RunTrial-005', 'TrainModel', 'EvaluateModel']),
  );
});

it('two versions are compared on one page that loads nothing', async () => {
  const html = join(folder, 'comparison.html');
  const { print, document } = captured({ json: true });
  const names = [MODEL, String(own.version), String(auto.version)];
  expect(await diffRuns(client, { names, html }, print)).toBe(EXIT.ok);
  const { differences, sameRows, verdict } = document<RunComparison>();
  expect(sameRows).toBe(true);
  expect(differences).toContainEqual(
    expect.objectContaining({ kind: 'spec', field: 'algorithm.kind', a: 'xgboost', b: 'auto' }),
  );
  expect(verdict).toContain(`${MODEL}@`);
  const page = await readFile(html, 'utf8');
  expect(page).toContain(`${MODEL}@${own.version}`);
  expect(page).toContain('<svg');
  const addresses = page.match(/https?:\/\/[^"'\s<)]+/g) ?? [];
  // The name of SVG's vocabulary: nothing is loaded from there.
  expect([...new Set(addresses)]).toEqual(['http://www.w3.org/2000/svg']);
  expect(page).not.toMatch(/<(?:script|link|iframe|img)[^>]+(?:src|href)=|@import|url\(/);
});
