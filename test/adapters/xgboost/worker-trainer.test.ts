import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { XgboostError } from '#adapters/xgboost/error.ts';
import { trainSync } from '#adapters/xgboost/train.ts';
import { openWorkerTrainer } from '#adapters/xgboost/worker-trainer.ts';
import { InvalidInputError, NotFeasibleError } from '#core/errors.ts';
import type { TrainingRound } from '#ports/trainer.ts';
import { readPythonModel } from './fixture.ts';
import { libraryPath, xgboost } from './library.ts';

const root = join(import.meta.dirname, '../../..');

// The worker is a bundle of its own, as in a deployed function; koffi stays outside and is found beside it.
describe.each([
  ['an ESM', 'esm', 'mjs'],
  ['a CommonJS', 'cjs', 'cjs'],
] as const)('a trainer with %s worker', (_, format, extension) => {
  const { request } = readPythonModel('numeric');
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'train-worker-'));
  const workerFile = join(folder, `train-worker.${extension}`);
  const trainer = openWorkerTrainer(libraryPath, workerFile);
  beforeAll(async () => {
    const entryPoints = [join(root, 'lib/adapters/xgboost/train-worker.ts')];
    await build({
      entryPoints,
      outfile: workerFile,
      bundle: true,
      platform: 'node',
      format,
      external: ['koffi'],
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives the same bytes and rounds as training in this thread, and lets it live meanwhile', async () => {
    const told: TrainingRound[] = [];
    let turns = 0;
    const clock = setInterval(() => turns++, 1);
    const trained = await trainer.train(request, (round) => told.push(round));
    clearInterval(clock);
    const here = trainSync(xgboost, request);
    expect(Buffer.compare(trained.model, here.model)).toBe(0);
    expect({ ...trained, model: null }).toEqual({ ...here, model: null });
    expect(told).toEqual(here.history);
    expect(turns).toBeGreaterThan(0);
  });

  it("lets OpenMP's threads sleep while they wait, which only this thread can", () => {
    delete process.env.OMP_WAIT_POLICY;
    openWorkerTrainer(libraryPath, workerFile);
    expect(process.env).toMatchObject({ OMP_WAIT_POLICY: 'PASSIVE', GOMP_SPINCOUNT: '20000' });
  });

  it('refuses a request that does not fit as the synchronous one does', async () => {
    const refused = { ...request, features: [] };
    await expect(trainer.train(refused)).rejects.toThrow(InvalidInputError);
    await expect(trainer.train(refused)).rejects.toMatchObject({
      problems: [{ field: 'features', expected: 'at least 1', got: '0' }, {}, {}],
    });
  });

  it('says why it ended, as training in this thread does', async () => {
    const { rows } = request.train.features;
    const oneClass = { ...request, train: { ...request.train, labels: new Float32Array(rows) } };
    await expect(trainer.train(oneClass)).rejects.toThrow(NotFeasibleError);
    await expect(trainer.train(oneClass)).rejects.toThrow(/got none of label 1/);
    const weights = new Float32Array(rows).fill(3e38);
    const overflowing = { ...request, train: { ...request.train, weights } };
    await expect(trainer.train(overflowing)).rejects.toThrow(XgboostError);
    await expect(trainer.train(overflowing)).rejects.toThrow(/logloss must be a finite number, got .*inf/);
  });

  it('ends when the listener throws, with its error', async () => {
    const { earlyStop: _, ...parameters } = { ...request.parameters, rounds: 1_000_000 };
    const enough = new Error('enough');
    let told = 0;
    const training = trainer.train({ ...request, parameters }, () => {
      told++;
      throw enough;
    });
    await expect(training).rejects.toBe(enough);
    let before: number;
    do {
      before = told;
      await setTimeout(200);
    } while (told > before);
  });

  it('fails when the worker cannot start', async () => {
    const missing = openWorkerTrainer(libraryPath, join(folder, 'missing.mjs'));
    await expect(missing.train(request)).rejects.toThrow(/missing\.mjs/);
  });
});
