import { describe, expect, it } from 'vitest';
import { chooseThreshold } from '#core/evaluate/threshold.ts';
import { forest, linear, naive, SingleAlgorithm, xgboost } from '#core/spec/algorithm.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { primaryMetric, type Task } from '#core/spec/task.ts';
import { learnDecision } from '#core/training/learn-decision.ts';
import type { EncodedRows } from '#core/training/training-sets.ts';
import { type FittedModel, fitModel } from '#lib/pipelines/fit-model.ts';
import { type TrainedVersion, trainVersion, type VersionRequest } from '#lib/pipelines/train-version.ts';
import { countedEngines, engines, learnableRows } from '#test/support/learnable-rows.ts';

type Input = Parameters<typeof SingleAlgorithm.parse>[0];

const plain = { calibration: 'none', threshold: 0.5 } as const;

function request(
  task: Task,
  input: Input,
  model: Pick<ModelSpec, 'calibration' | 'threshold'> = plain,
): VersionRequest {
  const algorithm = SingleAlgorithm.parse(input);
  return { model, algorithm, metric: primaryMetric(task, algorithm), ...learnableRows(task), threads: 2 };
}

const train = (asked: VersionRequest) => trainVersion(engines, asked);
const bytes = ({ model }: Pick<FittedModel, 'model'>) => Buffer.from(model).toString('base64');

/** The same request with other labels in the validation rows, which are half of what is learned from in the end. */
function mislabelled(asked: VersionRequest): VersionRequest {
  const { train: trainRows, trainAndValidation: both } = asked.sets;
  const labels = both.labels.map((label, row) =>
    row < trainRows.rows ? label : (both.labels.at(-1 - row + trainRows.rows) as number),
  );
  const part = (rows: EncodedRows, from: number) => ({
    ...rows,
    labels: labels.subarray(from, from + rows.rows),
  });
  return {
    ...asked,
    sets: {
      train: part(trainRows, 0),
      validation: part(asked.sets.validation, trainRows.rows),
      trainAndValidation: part(both, 0),
    },
  };
}

/** What the model of the train rows alone says of the validation rows. */
async function firstScores({ sets, model: _, ...asked }: VersionRequest) {
  const { train, validation } = sets;
  const first = await fitModel(engines.trainer, { ...asked, train, validation, evaluateTrain: true });
  const predictor = engines.open(first.engine, first.model);
  const scores = predictor.scores({ ...sets.validation, columns: predictor.columns });
  predictor.close();
  return { first, scores };
}

describe('trainVersion', () => {
  it.each(['binary', 'multiclass', 'regression'] as const)(
    'finds the rounds of a %s model on the validation rows, then learns with as many from both',
    async (task) => {
      const asked = request(task, xgboost({ rounds: 400, earlyStop: 5, learningRate: 0.3 }));
      const { model, record } = await train(asked);
      const { first } = await firstScores(asked);
      expect(first.rounds).toBeLessThan(100);
      expect(record.rounds).toBe(first.rounds);
      expect(record.history).toEqual(first.history);
      expect(record.history[0]).toMatchObject({ train: expect.any(Number), validation: expect.any(Number) });
      const { algorithm, signature, metric, sets } = asked;
      const both = { algorithm, signature, metric, train: sets.trainAndValidation, threads: 2 };
      expect(bytes({ model })).toBe(
        bytes(await fitModel(engines.trainer, { ...both, rounds: first.rounds })),
      );
      expect(bytes({ model })).not.toBe(bytes(first));
    },
  );

  it('learns once, from both, with the rounds that an earlier training found', async () => {
    const asked = request('binary', xgboost({ rounds: 400, earlyStop: 5, learningRate: 0.3 }));
    const { model, record } = await train({ ...asked, rounds: 7 });
    const { algorithm, signature, metric, sets } = asked;
    const both = { algorithm, signature, metric, train: sets.trainAndValidation, threads: 2, rounds: 7 };
    expect(bytes({ model })).toBe(bytes(await fitModel(engines.trainer, both)));
    expect(record).toMatchObject({ rounds: 7, history: [] });
  });

  it.each([forest({ trees: 10 }), linear(), naive()])('learns %j once, from both', async (input) => {
    const asked = request('binary', input);
    const { model, record } = await train(asked);
    const { algorithm, signature, metric, sets } = asked;
    const both = { algorithm, signature, metric, train: sets.trainAndValidation, threads: 2 };
    expect(bytes({ model })).toBe(bytes(await fitModel(engines.trainer, both)));
    expect(record).toMatchObject({ rounds: 1, history: [], rows: sets.trainAndValidation.rows });
  });

  it.each([xgboost({ rounds: 20, subsample: 0.8 }), forest({ trees: 10 }), linear(), naive()])(
    'gives the same version for the same request: %j',
    async (input) => {
      const model = { calibration: 'isotonic', threshold: { metric: 'f1' } } as const;
      const [one, two] = [
        await train(request('binary', input, model)),
        await train(request('binary', input, model)),
      ];
      expect(bytes(one)).toBe(bytes(two));
      expect([one.record, one.decision]).toEqual([two.record, two.decision]);
    },
  );

  it('records all that is needed to train it again, as plain JSON', async () => {
    const asked = request('binary', xgboost({ rounds: 20 }));
    const { record } = await train(asked);
    expect(record).toMatchObject({
      format: 2,
      algorithm: asked.algorithm,
      engine: 'xgboost',
      metric: 'logLoss',
      threads: 2,
      rows: 600,
      library: { name: 'xgboost' },
    });
    expect(record.parameters).toMatchObject({
      objective: 'binary:logistic',
      rounds: record.rounds,
      threads: 2,
    });
    expect(record.parameters).not.toHaveProperty('earlyStop');
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    const linearRecord = (await train(request('regression', linear()))).record;
    expect(linearRecord).toMatchObject({ engine: 'linear', parameters: null, metric: 'mse' });
    expect(linearRecord.library).toEqual({ name: 'leeboard', version: '1' });
  });

  it('tells each round of the search for the rounds', async () => {
    const told: number[] = [];
    const asked = request('binary', xgboost({ rounds: 12, earlyStop: 12 }));
    const { record } = await trainVersion(engines, asked, ({ round }) => told.push(round));
    expect(told).toEqual(record.history.map(({ round }) => round));
    expect(told).toHaveLength(12);
  });
});

describe('the decision of a version', () => {
  const tries: [rule: string, model: VersionRequest['model']][] = [
    ['an isotonic calibration', { calibration: 'isotonic', threshold: 0.4 }],
    ["Platt's calibration", { calibration: 'platt', threshold: 0.4 }],
    ['the best threshold by F1', { calibration: 'none', threshold: { metric: 'f1' } }],
    [
      'the cheapest threshold',
      { calibration: 'isotonic', threshold: { cost: { falsePositive: 1, falseNegative: 4 } } },
    ],
  ];
  const algorithms = [xgboost({ rounds: 30, earlyStop: 5 }), forest({ trees: 20 }), linear()];

  it.each(
    tries.flatMap(([rule, model]) => algorithms.map((input) => [rule, input.kind, input, model] as const)),
  )(
    'has %s of %s, learned from rows that the model had not learned from',
    async (_rule, _kind, input, model) => {
      const asked = request('binary', input, model);
      const { scores } = await firstScores(asked);
      const { labels } = asked.sets.validation;
      expect((await train(asked)).decision).toEqual(learnDecision(model, labels, scores));
    },
  );

  it('follows the labels of the validation rows, which the first model never saw', async () => {
    const asked = request('binary', linear(), { calibration: 'isotonic', threshold: { metric: 'f1' } });
    const [own, other] = [await train(asked), await train(mislabelled(asked))];
    expect(own.decision.calibration).not.toEqual(other.decision.calibration);
  });

  it('is more honest by its calibration than a model that learned from weighted rows', async () => {
    const asked = request('binary', linear({ classWeights: { true: 10 } }), {
      calibration: 'platt',
      threshold: 0.5,
    });
    const { labels, rows } = asked.sets.validation;
    const share = labels.reduce((sum, label) => sum + label, 0) / rows;
    const { scores } = await firstScores(asked);
    const { decision } = await train(asked);
    const { a, b } = decision.calibration as { a: number; b: number };
    const calibrated = scores.map((score) => 1 / (1 + Math.exp(a * Math.log(score / (1 - score)) + b)));
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / rows;
    expect(mean(scores)).toBeGreaterThan(share + 0.2);
    expect(Math.abs(mean(calibrated) - share)).toBeLessThan(0.02);
  });

  it('is the threshold of the spec alone where there is nothing to learn', async () => {
    const { decision } = await train(request('binary', forest({ trees: 5 }), { ...plain, threshold: 0.3 }));
    expect(decision).toEqual({ format: 1, calibration: null, threshold: 0.3 });
  });

  it('chooses the threshold of the calibrated probabilities', async () => {
    const model = { calibration: 'platt', threshold: { metric: 'youden' } } as const;
    const asked = request('binary', xgboost({ rounds: 30, earlyStop: 5 }), model);
    const { scores } = await firstScores(asked);
    const own = chooseThreshold(asked.sets.validation.labels, scores, model.threshold).threshold;
    const { calibration, threshold } = (await train(asked)).decision;
    const { a, b } = calibration as { a: number; b: number };
    expect(threshold).toBeCloseTo(1 / (1 + Math.exp(a * Math.log(own / (1 - own)) + b)), 6);
  });

  it.each(['multiclass', 'regression'] as const)('is none for a %s model', async (task) => {
    for (const input of [xgboost({ rounds: 5 }), linear()]) {
      const { decision }: TrainedVersion = await train(request(task, input));
      expect(decision).toEqual({ format: 1, calibration: null, threshold: null });
    }
  });

  it('closes the model that it asked, also when learning from it fails', async () => {
    const counted = countedEngines();
    const best = { ...plain, threshold: { metric: 'f1' } } as const;
    await trainVersion(counted, request('binary', xgboost({ rounds: 5 }), best));
    const wrong = { ...plain, threshold: { recall: 2 } } as const;
    await expect(trainVersion(counted, request('binary', linear(), wrong))).rejects.toThrow(
      /^recall: expected/,
    );
    expect(counted.openModels()).toBe(0);
  });
});
