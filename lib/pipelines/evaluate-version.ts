import { evenlySpaced } from '#core/evaluate/evenly-spaced.ts';
import { evaluateFairness } from '#core/evaluate/fairness.ts';
import { checkFeatures } from '#core/evaluate/feature-checks.ts';
import { evaluate, evaluateBinary } from '#core/evaluate/index.ts';
import { measureRobustness } from '#core/evaluate/robustness.ts';
import { evaluateSlices } from '#core/evaluate/slices.ts';

import { meanAttribution } from '#core/monitor/attribution.ts';
import { monitoringReference } from '#core/monitor/reference.ts';
import { decideScores } from '#core/serve/decide.ts';
import { compileEncoder } from '#core/serve/encode-rows.ts';

import type { SingleAlgorithm } from '#core/spec/algorithm.ts';
import { type ModelSpec, modelColumns } from '#core/spec/model.ts';
import { type JoinMatch, requireParity, type VersionEvaluation } from '#core/training/evaluation.ts';
import type { PreparedColumns } from '#core/training/training-sets.ts';
import type { Predictor } from '#ports/predictor.ts';
import type { PreparedSets } from '#ports/preparation.ts';
import { compareChampion, compareNaive, judgeOf, scoresOf } from './compare-versions.ts';
import { asRows, labelsOf } from './labelled-rows.ts';
import type { Scorer } from './score-rows.ts';
import { measureServing, serveAll } from './serve-rows.ts';

/** SHAP values of a row take as long as hundreds of its scores. */
const ATTRIBUTED_ROWS = 1000;

export interface EvaluationRequest {
  readonly model: ModelSpec;
  /** What the version was trained with: the winner of a search. */
  readonly algorithm: SingleAlgorithm;
  /** `model` are the bytes that will be served. */
  readonly challenger: Scorer & { readonly model: Uint8Array };
  /** Loads those bytes afresh; closed here. */
  readonly reload: () => Predictor;
  readonly champion: (Scorer & { readonly version: number }) | null;
  /** As SQL computed them for training. */
  readonly sets: PreparedSets;
  /** Raw columns and label of the test rows, in the same order: the oldest first. */
  readonly testRows: PreparedColumns;
  readonly joins: readonly JoinMatch[];
  /** Milliseconds of a monotonic clock. */
  readonly clock: () => number;
}

/**
 * Judges what will answer: scores the test rows from raw columns as serving does, measures and compares.
 * @throws ParityError when serving would see other features than training saw, or the loaded bundle scores
 * otherwise than was judged
 */
export function evaluateVersion(request: EvaluationRequest): VersionEvaluation {
  const { model, algorithm, challenger, reload, sets, testRows, joins, clock } = request;
  const { signature, decision } = challenger;
  const names = signature.features.map(({ name }) => name);
  const rows = asRows(testRows);
  const encode = compileEncoder(signature).encode;
  const values = encode(rows);
  requireParity(names, sets.test.values, values);
  const judge = judgeOf(model, algorithm, signature, decision);
  const labels = labelsOf(signature, testRows);
  const raw = scoresOf(challenger.predictor, values);
  const scores = decideScores(decision, raw);
  const losses = judge.losses(labels, scores);
  const naive = compareNaive(request, judge, values, labels, scores);
  const champion = compareChampion(request, judge, rows, labels, scores);
  const types = modelColumns(model);
  const fresh = reload();
  try {
    return {
      format: 2,
      task: model.task,
      metric: judge.metric,
      test: evaluate(model.task, labels, scores, judge.options),
      ...(decision.calibration && { uncalibrated: beforeCalibration(labels, raw) }),
      decision,
      naive: { rule: naive.rule, comparison: naive.comparison },
      champion: champion?.result ?? null,
      slices: evaluateSlices(model.gates.slices, {
        task: model.task,
        types,
        rows,
        labels,
        scores,
        options: judge.options,
        losses,
        reference: champion?.scores
          ? { kind: 'champion', losses: champion.losses }
          : { kind: 'baseline', losses: naive.losses },
      }),
      fairness: model.gates.fairness.map((spec) =>
        evaluateFairness(spec, {
          types,
          rows,
          labels,
          probabilities: scores,
          threshold: decision.threshold ?? 0.5,
        }),
      ),
      robustness: measureRobustness({
        seed: algorithm.seed,
        features: names,
        nullable: signature.inputs.filter(({ optional }) => optional).map(({ name }) => name),
        rows,
        values,
        labels,
        losses,
        encode,
        lossesOf: (changed, own) =>
          judge.losses(own, decideScores(decision, scoresOf(challenger.predictor, changed))),
      }),
      features: checkFeatures(signature.features, model.task, sets.train, sets.test),
      joins,
      parity: { rows: rows.length, features: names.length },
      load: serveAll({ signature, decision, predictor: fresh }, rows, scores),
      serving: {
        ...measureServing({ signature, decision, predictor: fresh }, rows, clock),
        sizeBytes: challenger.model.length,
      },
      reference: monitoringReference(signature, labels, scores, attributionOf(challenger, values)),
    };
  } finally {
    fresh.close();
  }
}

function beforeCalibration(
  labels: Float64Array,
  raw: Float32Array,
): NonNullable<VersionEvaluation['uncalibrated']> {
  const { logLoss, brier, ece } = evaluateBinary(labels, raw).metrics;
  return { logLoss: logLoss.value, brier: brier.value, ece: ece.value };
}

function attributionOf({ signature, predictor }: Scorer, values: Float32Array): Record<string, number> {
  const { columns, outputs } = predictor;
  const rows = evenlySpaced(values.length / columns, ATTRIBUTED_ROWS);
  const picked = new Float32Array(rows.length * columns);
  for (const [index, row] of rows.entries()) {
    picked.set(values.subarray(row * columns, (row + 1) * columns), index * columns);
  }
  const contributions = predictor.contributions({ rows: rows.length, columns, values: picked });
  return meanAttribution(
    signature.features.map(({ name }) => name),
    outputs,
    contributions,
  );
}
