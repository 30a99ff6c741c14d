import { describe, expect, it } from 'vitest';
import type { Estimate } from '#core/evaluate/interval.ts';
import type { Decision } from '#core/serve/decision.ts';
import { featureCoder } from '#core/serve/encode-rows.ts';
import type { SingleAlgorithm } from '#core/spec/algorithm.ts';
import type { GatesInput } from '#core/spec/gates.ts';
import { ParityError, type VersionEvaluation } from '#core/training/evaluation.ts';
import { LABEL_COLUMN } from '#core/training/training-query.ts';
import type { EncodedRows } from '#core/training/training-sets.ts';
import { type EvaluationRequest, evaluateVersion } from '#lib/pipelines/evaluate-version.ts';
import { SumPredictor, signature } from '#test/support/bundle.ts';
import { tripsLate } from '#test/support/trips.ts';

const index = Array.from({ length: 300 }, (_, row) => row);
const features = {
  [LABEL_COLUMN]: index.map((row) => (row % 3 === 0 ? 1 : 0)),
  city: index.map((row) => (row % 2 ? 'north' : 'south')),
  kind: index.map(() => 'day'),
  km: index.map((row) => (row % 3 === 0 ? 3 : row % 7) - 3),
  express: index.map((row) => row % 2),
  mm: index.map((row) => (row % 5 ? 0.5 : null)),
};
const test = index.slice(240);
const testRows = {
  [LABEL_COLUMN]: test.map((row) => features[LABEL_COLUMN][row] as number),
  city: test.map((row) => features.city[row] as string),
  kind: test.map(() => 'day'),
  km: test.map((row) => features.km[row] as number),
  express: test.map((row) => row % 2 === 1),
  mm: test.map((row) => features.mm[row] ?? null),
};
/** What the predictor gives a test row: the levels' indices and the numbers, added up and squashed. */
const sigmoid = (value: number) => Math.fround(1 / (1 + Math.exp(-value)));
const probabilities = test.map((row) =>
  sigmoid((row % 2 ? 0 : 1) + (features.km[row] as number) + (row % 2) + (features.mm[row] ?? 0)),
);

/** Rows as training has them: features by SQL, through the coders of serving. */
function encode(columns: typeof features, from: number, to: number): EncodedRows {
  const coded = signature.features.map((feature) => {
    const code = featureCoder(feature);
    return (columns[feature.name as keyof typeof features] as (number | string | null)[]).map(code);
  });
  const rows = index.slice(from, to);
  return {
    rows: rows.length,
    values: Float32Array.from(rows.flatMap((row) => coded.map((column) => column[row] as number))),
    labels: Float32Array.from(rows, (row) => columns[LABEL_COLUMN][row] as number),
  };
}

const setsOf = (columns: typeof features) => ({
  train: encode(columns, 0, 180),
  validation: encode(columns, 180, 240),
  test: encode(columns, 240, 300),
  trainAndValidation: encode(columns, 0, 240),
});

const metric = ({ test: { metrics } }: VersionEvaluation, name: string) =>
  (metrics as Readonly<Record<string, Estimate>>)[name]?.value as number;

const plain: Decision = { format: 1, calibration: null, threshold: 0.5 };
const scorer = (decision = plain) => ({ signature, decision, predictor: new SumPredictor(5) });

function evaluate(changes: Partial<EvaluationRequest> = {}, gates: GatesInput = {}) {
  const model = tripsLate({ gates });
  let now = 0;
  return evaluateVersion({
    model,
    algorithm: model.algorithm as SingleAlgorithm,
    challenger: { ...scorer(), model: new Uint8Array(1234) },
    reload: () => new SumPredictor(5),
    champion: null,
    sets: setsOf(features),
    testRows,
    joins: [{ dataset: 'rain', matched: { train: 1, validation: 1, test: 1 } }],
    clock: () => now++,
    ...changes,
  });
}

const asked: GatesInput = { champion: { metric: 'logLoss', margin: 0.01 } };

describe('evaluateVersion', () => {
  it('judges the probabilities of the test rows, which alone it scores', () => {
    const evaluation = evaluate();
    // Log loss by its definition.
    const losses = test.map((row, at) => {
      const probability = probabilities[at] as number;
      return -Math.log(features[LABEL_COLUMN][row] ? probability : 1 - probability);
    });
    expect(metric(evaluation, 'logLoss')).toBeCloseTo(losses.reduce((a, b) => a + b) / 60, 10);
    expect(evaluation.test.rows).toBe(60);
    expect(evaluation.parity).toEqual({ rows: 60, features: 5 });
    expect(evaluation.load).toEqual({ rows: 60, maxDifference: 0 });
  });

  it('is plain JSON, whole after writing and reading', () => {
    const gates: GatesInput = {
      slices: [{ by: 'city', minRows: 20 }],
      fairness: [{ group: 'city', minRows: 20 }],
    };
    const evaluation = evaluate({}, gates);
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
    expect(evaluation).toMatchObject({ format: 2, task: 'binary', metric: 'logLoss', decision: plain });
  });

  it('judges what will be answered: calibrated, at the threshold of the version', () => {
    const decision: Decision = { format: 1, calibration: { kind: 'platt', a: -0.5, b: 0.2 }, threshold: 0.6 };
    const evaluation = evaluate({ challenger: { ...scorer(decision), model: new Uint8Array(1) } });
    const calibrated = probabilities.map((p) => 1 / (1 + Math.exp(-0.5 * Math.log(p / (1 - p)) + 0.2)));
    const brier =
      calibrated.reduce((sum, p, at) => sum + (p - (testRows[LABEL_COLUMN][at] as number)) ** 2, 0) / 60;
    expect(metric(evaluation, 'brier')).toBeCloseTo(brier, 10);
    expect(evaluation.test).toMatchObject({ confusion: { threshold: 0.6 } });
    expect(evaluation.uncalibrated?.brier).toBe(metric(evaluate(), 'brier'));
    expect(evaluate().uncalibrated).toBeUndefined();
    expect(evaluation.load.rows).toBe(60);
  });

  it('compares with always answering the share of positives before', () => {
    const { naive } = evaluate();
    expect(naive.rule).toBe('prior');
    const share = 80 / 240;
    expect(naive.comparison.champion).toBeCloseTo(-(Math.log(share) / 3 + (2 * Math.log(1 - share)) / 3), 6);
    expect(naive.comparison).toMatchObject({ metric: 'logLoss', confidence: 0.95, margin: 0 });
    const stricter = evaluate({}, { baseline: { confidence: 0.99 } });
    expect(stricter.naive.comparison.confidence).toBe(0.99);
    expect(evaluate({}, { baseline: false }).naive.comparison.confidence).toBe(0.95);
  });

  it('keeps what windows of predictions are compared with: answers, labels, and what the model relies on', () => {
    const { reference, decision } = evaluate();
    expect(decision).toEqual(plain);
    expect(reference).toMatchObject({ rows: 60, scores: { kind: 'number', rows: 60, missing: 0 } });
    expect(reference?.label).toMatchObject({ levels: ['false', 'true'], counts: [40, 20] });
    // The predictor's margin is the sum of the features, so that is what each of them adds.
    const size = (values: readonly (number | null)[]) =>
      values.reduce((sum: number, value) => sum + Math.abs(value ?? 0), 0) / 60;
    expect(reference?.attribution.km).toBeCloseTo(size(testRows.km), 6);
    expect(reference?.attribution.mm).toBeCloseTo(size(testRows.mm), 6);
    expect(Object.keys(reference?.attribution ?? {})).toEqual(Object.keys(tripsLate().features));
    expect(evaluate().reference).toEqual(reference);
  });

  it('keeps the answers as they are given: calibrated', () => {
    const decision: Decision = { format: 1, calibration: { kind: 'platt', a: -0.5, b: 0.2 }, threshold: 0.6 };
    const { reference } = evaluate({ challenger: { ...scorer(decision), model: new Uint8Array(1) } });
    const calibrated = probabilities.map((p) => 1 / (1 + Math.exp(-0.5 * Math.log(p / (1 - p)) + 0.2)));
    const cuts = reference?.scores.kind === 'number' ? reference.scores.cuts : [];
    expect(cuts.at(-1)).toBeCloseTo(calibrated.sort((a, b) => a - b)[53] as number, 6);
  });

  it('says how long one row takes, of how many bytes, by the clock it is given', () => {
    expect(evaluate().serving).toEqual({ medianMs: 1, p99Ms: 1, sizeBytes: 1234 });
    const ends = [5, 1, 3].flatMap((took, row) => [100 * row, 100 * row + took]);
    const three = Object.fromEntries(
      Object.entries(testRows).map(([name, column]) => [name, column.slice(0, 3)]),
    );
    const { values, labels } = setsOf(features).test;
    const first = { values: values.subarray(0, 15), labels: labels.subarray(0, 3), rows: 3 };
    const { serving } = evaluate({
      testRows: three,
      sets: { ...setsOf(features), test: first },
      clock: () => ends.shift() as number,
    });
    expect(serving).toMatchObject({ medianMs: 3, p99Ms: 5 });
  });

  it('refuses features that serving would see otherwise than training did', () => {
    const km = [...features.km];
    km[241] = 99;
    const run = () => evaluate({ sets: setsOf({ ...features, km }) });
    expect(run).toThrow(ParityError);
    expect(run).toThrow(/^feature km, test row 1:/);
  });

  it('refuses a bundle that, loaded from its bytes, scores otherwise than was judged', () => {
    class Other extends SumPredictor {
      override scores(features: Parameters<SumPredictor['scores']>[0]) {
        return super.scores(features).map((score, row) => (row === 7 ? score * 0.9999999 : score));
      }
    }
    const reloaded: SumPredictor[] = [];
    const reload = () => {
      reloaded.push(new Other(5));
      return reloaded.at(-1) as SumPredictor;
    };
    expect(() => evaluate({ reload })).toThrow(ParityError);
    expect(() => evaluate({ reload })).toThrow(/^test row 7: the bundle loaded from its bytes/);
    expect(reloaded.map(({ closed }) => closed)).toEqual([true, true]);
  });

  it('closes what it loaded, and nothing that was lent', () => {
    const [reloaded, challenger] = [new SumPredictor(5), scorer()];
    evaluate({ reload: () => reloaded, challenger: { ...challenger, model: new Uint8Array(1) } });
    expect([reloaded.closed, challenger.predictor.closed]).toEqual([true, false]);
  });
});

describe('against the champion', () => {
  it('an equal one differs by 0 on the same rows', () => {
    const { champion } = evaluate({ champion: { ...scorer(), version: 3 } }, asked);
    expect(champion).toMatchObject({ version: 3, missing: [] });
    expect(champion?.nonInferiority).toMatchObject({ rows: 60, difference: 0, holds: true });
  });

  it('has its own metrics on the same rows, each with its own threshold', () => {
    const decision: Decision = { ...plain, threshold: 0.9 };
    const evaluation = evaluate({ champion: { ...scorer(decision), version: 3 } }, asked);
    const { auc, accuracy } = evaluation.champion?.metrics ?? {};
    expect(auc).toEqual((evaluation.test.metrics as Record<string, unknown>).auc);
    const strict = evaluate({ challenger: { ...scorer(decision), model: new Uint8Array(1) } }, asked);
    expect(accuracy).toEqual((strict.test.metrics as Record<string, unknown>).accuracy);
    expect(accuracy).not.toEqual((evaluation.test.metrics as Record<string, unknown>).accuracy);
  });

  it('its own calibration counts', () => {
    const decision: Decision = { ...plain, calibration: { kind: 'platt', a: -0.1, b: 0 } };
    const evaluation = evaluate({ champion: { ...scorer(decision), version: 3 } }, asked);
    expect(evaluation.champion?.nonInferiority?.champion).not.toBeCloseTo(metric(evaluation, 'logLoss'), 3);
  });

  it('of an older spec names the columns it lacks, or that are of another type now', () => {
    const [first, ...others] = signature.inputs;
    const input = first as NonNullable<typeof first>;
    const gone = { ...signature, inputs: [...signature.inputs, { ...input, name: 'gone' }] };
    const versionOf = (older: typeof signature) => ({ ...scorer(), signature: older, version: 3 });
    expect(evaluate({ champion: versionOf(gone) }, asked).champion).toEqual({
      version: 3,
      nonInferiority: null,
      missing: ['gone'],
    });
    const retyped = {
      ...signature,
      inputs: [{ ...input, column: { type: 'timestamp' } as never }, ...others],
    };
    expect(evaluate({ champion: versionOf(retyped) }, asked).champion).toEqual({
      version: 3,
      nonInferiority: null,
      missing: [input.name],
    });
  });

  it('of another task nothing is compared', () => {
    const other = { ...scorer(), signature: { ...signature, task: 'regression' as const }, version: 3 };
    expect(evaluate({ champion: other }, asked).champion).toEqual({
      version: 3,
      nonInferiority: null,
      missing: [],
    });
  });

  it('nothing is compared when the spec does not ask, but slices are', () => {
    const gates: GatesInput = { slices: [{ by: 'city', minRows: 20 }] };
    const { champion, slices } = evaluate({ champion: { ...scorer(), version: 3 } }, gates);
    const { metrics, ...others } = champion ?? {};
    expect(others).toEqual({ version: 3, nonInferiority: null, missing: [] });
    expect(slices[0]).toMatchObject({ against: 'champion', by: 'city' });
    expect(slices[0]?.groups.map(({ difference }) => difference)).toEqual([0, 0]);
  });

  it('slices are compared with the naive baseline where there is none', () => {
    const { slices, naive } = evaluate({}, { slices: [{ by: 'city', minRows: 20 }] });
    expect(slices[0]?.against).toBe('baseline');
    const [a, b] = slices[0]?.groups ?? [];
    const mean = ((a?.referenceLoss as number) + (b?.referenceLoss as number)) / 2;
    expect(mean).toBeCloseTo(naive.comparison.champion as number, 10);
  });
});

it('robustness: only what a request may leave out is set to null', () => {
  const { robustness } = evaluate();
  expect(robustness.nulls.columns).toEqual(['express', 'kind', 'km', 'mm']);
  expect(robustness.permutation.map(({ feature }) => feature).sort()).toEqual(
    ['city', 'express', 'km', 'kind', 'mm'].sort(),
  );
  // One value for all rows: in another order it is the same.
  expect(robustness.permutation.find(({ feature }) => feature === 'kind')?.increase).toBe(0);
});
