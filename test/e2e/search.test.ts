import { beforeAll, describe, expect, it } from 'vitest';
import { modelPointer } from '#core/registry/bundle.ts';
import type { RunStep } from '#core/registry/records.ts';
import { client } from './deployment.ts';
import { dropOrders } from './orders.ts';
import { runToEnd, versionWith } from './training.ts';

const MODEL = 'orders-searched';
type Searched = Awaited<ReturnType<typeof versionWith>>;

beforeAll(dropOrders);

const trialsOf = ({ training }: Pick<Searched, 'training'>) => training.search?.trials ?? [];
const stepsOf = ({ steps = [] }: Searched['run'], name: string) =>
  steps.filter(({ state }) => state.startsWith(name));

describe('a search of six trials, three at a time', () => {
  let found: Searched;
  beforeAll(async () => {
    found = await versionWith(MODEL);
  });

  it('keeps every trial on a leaderboard, the best first, in the run and in the version', () => {
    const trials = trialsOf(found);
    expect(trials.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(trials.map(({ number }) => number).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    const values = trials.map(({ value }) => value as number);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(found.run.trials).toEqual({ asked: 6, completed: 6, pruned: 0, failed: 0 });
  });

  it("tries the spec's own settings first, and trains with those of the winner", () => {
    const trials = trialsOf(found);
    expect(trials.find(({ number }) => number === 0)?.parameters).toMatchObject({
      maxDepth: 3,
      learningRate: 0.1,
      subsample: 1,
    });
    expect(found.training.algorithm).toMatchObject({ kind: 'xgboost', ...trials[0]?.parameters });
    expect(found.run).toMatchObject({ algorithm: 'xgboost', parameters: { ...trials[0]?.parameters } });
  });

  it('never runs a fourth beside three, and none before the batch before it is over', () => {
    const trials = stepsOf(found.run, 'RunTrial-');
    expect(trials).toHaveLength(6);
    const isBeside = (one: RunStep) => (other: RunStep) =>
      other.startedAt < one.finishedAt && one.startedAt < other.finishedAt;
    for (const trial of trials) expect(trials.filter(isBeside(trial)).length).toBeLessThanOrEqual(3);
    const [first, second] = [trials.slice(0, 3), trials.slice(3)];
    const proposed = stepsOf(found.run, 'ProposeTrials-003')[0] as RunStep;
    for (const { finishedAt } of first) expect(finishedAt <= proposed.startedAt).toBe(true);
    for (const { startedAt } of second) expect(startedAt >= proposed.finishedAt).toBe(true);
  });

  it('done again gives the same trials, the same winner and the same model to the byte', async () => {
    const run = await runToEnd(MODEL);
    expect(run).toMatchObject({ status: 'succeeded' });
    const again = await client.version(MODEL, run.version as number);
    expect(again.version).not.toBe(found.version);
    expect(again.training).toEqual(found.training);
    expect(modelPointer(again.bundle).sha256).toBe(modelPointer(found.bundle).sha256);
    expect(again.bundle.files['decision.json'].sha256).toBe(found.bundle.files['decision.json'].sha256);
  });
});

describe('a trial that cannot be trained', () => {
  it('is counted with its cause, and the others decide', async () => {
    // Without any penalty a linear model with a column a level has no single optimum: it says so.
    const { run, ...version } = await versionWith(MODEL, {
      algorithm: { kind: 'linear' },
      'search.space': { l2: { low: 0, high: 1, integer: true } },
    });
    const trials = trialsOf(version);
    const failed = trials.filter(({ status }) => status === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(6);
    for (const { rank, value, error, parameters } of failed) {
      expect(parameters).toEqual({ l2: 0 });
      expect(value).toBeNull();
      expect(error).toMatch(/^NotFeasibleError: .*give l2 a larger value/);
      expect(rank).toBeGreaterThan(6 - failed.length);
    }
    expect(run).toMatchObject({
      status: 'succeeded',
      trials: { asked: 6, completed: 6 - failed.length, pruned: 0, failed: failed.length },
    });
    expect(version.training.algorithm).toMatchObject({ kind: 'linear', l2: 1 });
  });
});

describe('trials without hope', () => {
  it('are stopped long before their last round, and never win', async () => {
    const { run, ...version } = await versionWith(MODEL, {
      'search.trials': 12,
      'search.parallel': 6,
      'search.metric': 'logLoss',
      'search.space': { learningRate: { low: 0.001, high: 0.3, log: true } },
    });
    const trials = trialsOf(version);
    const pruned = trials.filter(({ status }) => status === 'pruned');
    expect(pruned.length).toBeGreaterThan(0);
    const completed = trials.filter(({ status }) => status === 'completed');
    expect(run.trials).toEqual({ asked: 12, completed: completed.length, pruned: pruned.length, failed: 0 });
    // The first six have no elders to be compared with.
    for (const { number, rank, rounds } of pruned) {
      expect(number).toBeGreaterThanOrEqual(6);
      expect(rank).toBeGreaterThan(completed.length);
      expect(rounds).toBeLessThan(60);
    }
  });
});

describe("algorithm 'auto'", () => {
  it('compares trees, a forest and a linear model under one budget, and the best becomes the model', async () => {
    const { run, ...version } = await versionWith(MODEL, { algorithm: 'auto' });
    const trials = trialsOf(version);
    expect(trials).toHaveLength(6);
    expect(new Set(trials.map(({ candidate }) => candidate))).toEqual(
      new Set(['xgboost', 'forest', 'linear']),
    );
    const winner = trials[0]?.candidate;
    expect(version.training.algorithm.kind).toBe(winner);
    expect(run.algorithm).toBe(winner);
    expect(version.bundle.engine).toBe(winner === 'linear' ? 'linear' : 'xgboost');
  });
});
