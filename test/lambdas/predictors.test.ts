import { expect, it, vi } from 'vitest';
import { forest, linear, naive, SingleAlgorithm, xgboost } from '#core/spec/algorithm.ts';
import { fitModel } from '#lib/pipelines/fit-model.ts';
import { engines, learnableRows } from '#test/support/learnable-rows.ts';
import { openPredictor } from '../../lambdas/shared/predictors.ts';

// The layer is not on this machine, its library is.
vi.mock('../../lambdas/shared/libxgboost.ts', async () => {
  const { libraryPath } = await import('#test/adapters/xgboost/library.ts');
  return { libxgboost: () => libraryPath };
});

it.each(
  (['binary', 'multiclass', 'regression'] as const).flatMap((task) =>
    [xgboost({ rounds: 5 }), forest({ trees: 5 }), linear(), naive()].map((input) => [task, input] as const),
  ),
)('opens the file of a %s model by %j, which scores each row', async (task, input) => {
  const { signature, sets } = learnableRows(task, { rows: 200, validation: 60 });
  const algorithm = SingleAlgorithm.parse(input);
  const metric = task === 'regression' ? 'mse' : 'logLoss';
  const { engine, model } = await fitModel(engines.trainer, {
    algorithm,
    signature,
    metric,
    train: sets.train,
    threads: 2,
  });
  const predictor = openPredictor(engine, model, signature);
  expect([predictor.columns, predictor.outputs]).toEqual([4, task === 'multiclass' ? 3 : 1]);
  const { rows, values } = sets.validation;
  const scores = predictor.scores({ rows, columns: predictor.columns, values });
  expect(scores).toHaveLength(rows * predictor.outputs);
  const own = engines.open(engine, model);
  expect(scores).toEqual(own.scores({ rows, columns: own.columns, values }));
  if (task === 'multiclass')
    expect((scores[0] as number) + (scores[1] as number) + (scores[2] as number)).toBeCloseTo(1, 5);
  predictor.close();
  own.close();
});

it('refuses a file that is no model of its engine', () => {
  const { signature } = learnableRows('binary');
  const json = new TextEncoder().encode('{"kind":"naive","task":"binary","rule":"prior","outputs":[2]}');
  expect(() => openPredictor('naive', json, signature)).toThrow(/^outputs: expected 1 in \[0, 1\]/);
  expect(() => openPredictor('linear', json, signature)).toThrow(/^format: expected 1/);
  expect(() => openPredictor('xgboost', json, signature)).toThrow();
});
