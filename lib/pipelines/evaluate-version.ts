import { evaluateFairness } from '#core/evaluate/fairness.ts';
import { checkFeatures } from '#core/evaluate/feature-checks.ts';
import {
  type EvaluateOptions,
  evaluate,
  evaluateBinary,
  lossOf,
  type NonInferiority,
  nonInferiority,
  superiority,
} from '#core/evaluate/index.ts';
import { measureRobustness } from '#core/evaluate/robustness.ts';
import { evaluateSlices } from '#core/evaluate/slices.ts';
import type { Row } from '#core/expression/index.ts';
import { fitNaive, naivePredictor } from '#core/naive/index.ts';
import { decideScores } from '#core/serve/decide.ts';
import type { Decision } from '#core/serve/decision.ts';
import { compileEncoder, featureCoder } from '#core/serve/encode-rows.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { SingleAlgorithm } from '#core/spec/algorithm.ts';
import { type ModelSpec, modelColumns } from '#core/spec/model.ts';
import { primaryMetric } from '#core/spec/task.ts';
import { type JoinMatch, requireParity, type VersionEvaluation } from '#core/training/evaluation.ts';
import { LABEL_COLUMN } from '#core/training/training-query.ts';
import { labelCoding, type PreparedColumns } from '#core/training/training-sets.ts';
import type { Predictor } from '#ports/predictor.ts';
import type { PreparedSets } from '#ports/preparation.ts';
import { measureServing, type Scorer, serveAll } from './serve-rows.ts';

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
    };
  } finally {
    fresh.close();
  }
}

/** How scores are judged: the primary metric and what its losses need. */
interface Judge {
  readonly metric: VersionEvaluation['metric'];
  readonly options: EvaluateOptions;
  readonly losses: ReturnType<typeof lossOf>;
}

function judgeOf(
  { task }: ModelSpec,
  algorithm: SingleAlgorithm,
  { classes }: Signature,
  { threshold }: Decision,
): Judge {
  const metric = primaryMetric(task, algorithm);
  const options = {
    classes,
    // What a linear model does not declare has the default of one that does.
    quantile: 'quantile' in algorithm ? algorithm.quantile : 0.5,
    tweediePower: 'tweediePower' in algorithm ? algorithm.tweediePower : 1.5,
    ...(threshold !== null && { threshold }),
  };
  return { metric, options, losses: lossOf(metric, task, options) };
}

/** The naive rule that does best on these rows: the one to beat. */
function compareNaive(
  { model, sets, challenger }: EvaluationRequest,
  { metric, options, losses }: Judge,
  values: Float32Array,
  labels: Float64Array,
  scores: ArrayLike<number>,
) {
  const { task, gates } = model;
  const { classes } = challenger.signature;
  const confidence = gates.baseline === false ? 0.95 : gates.baseline.confidence;
  const { labels: seen } = sets.trainAndValidation;
  const rules = fitNaive({ task, labels: seen, ...(classes && { classes: classes.length }) });
  const compared = rules.map((naive) => {
    const answers = scoresOf(naivePredictor(naive, challenger.predictor.columns), values);
    const comparison = superiority({
      ...options,
      task,
      metric,
      confidence,
      labels,
      champion: answers,
      challenger: scores,
    });
    return { rule: naive.rule, comparison, losses: losses(labels, answers) };
  });
  const lossOfRule = ({ comparison }: { comparison: NonInferiority }) => comparison.champion ?? Infinity;
  return compared.reduce((best, next) => (lossOfRule(next) < lossOfRule(best) ? next : best));
}

function compareChampion(
  { model, algorithm, champion, challenger, testRows }: EvaluationRequest,
  { options }: Judge,
  rows: readonly Row[],
  labels: Float64Array,
  scores: ArrayLike<number>,
) {
  if (champion === null) return null;
  const { version, signature, decision, predictor } = champion;
  const types = modelColumns(model);
  const missing = signature.inputs
    .filter(({ name, column }) => !Object.hasOwn(testRows, name) || types[name] !== column.type)
    .map(({ name }) => name);
  const unknown = { result: { version, nonInferiority: null, missing }, scores: null, losses: null };
  if (missing.length > 0 || signature.task !== model.task) return unknown;
  const [own, other] = [challenger.signature.classes ?? [], signature.classes ?? []];
  const classes = [...new Set([...own, ...other])];
  const raw = scoresOf(predictor, compileEncoder(signature).encode(rows));
  const answers = alignClasses(decideScores(decision, raw), other, classes);
  const settings = { ...options, task: model.task, classes };
  const nonInferior =
    model.gates.champion &&
    nonInferiority({
      ...settings,
      ...model.gates.champion,
      labels,
      champion: answers,
      challenger: alignClasses(scores, own, classes),
    });
  return {
    result: { version, nonInferiority: nonInferior ?? null, missing },
    scores: answers,
    losses: lossOf(primaryMetric(model.task, algorithm), model.task, settings)(labels, answers),
  };
}

/** A class that a version does not know has probability 0. */
function alignClasses(
  scores: ArrayLike<number>,
  own: readonly string[],
  all: readonly string[],
): ArrayLike<number> {
  if (own.length === all.length && own.every((name, index) => name === all[index])) return scores;
  const aligned = new Float64Array((scores.length / own.length) * all.length);
  const places = own.map((name) => all.indexOf(name));
  for (let index = 0; index < scores.length; index++) {
    const row = Math.floor(index / own.length);
    aligned[row * all.length + (places[index % own.length] as number)] = scores[index] as number;
  }
  return aligned;
}

function beforeCalibration(
  labels: Float64Array,
  raw: Float32Array,
): NonNullable<VersionEvaluation['uncalibrated']> {
  const { logLoss, brier, ece } = evaluateBinary(labels, raw).metrics;
  return { logLoss: logLoss.value, brier: brier.value, ece: ece.value };
}

function scoresOf(predictor: Pick<Predictor, 'scores' | 'columns'>, values: Float32Array): Float32Array {
  return predictor.scores({ rows: values.length / predictor.columns, columns: predictor.columns, values });
}

/** 0 or 1, the index of the class, or the number itself. */
function labelsOf(signature: Signature, testRows: PreparedColumns): Float64Array {
  const column = testRows[LABEL_COLUMN] ?? [];
  if (!signature.classes) return Float64Array.from(column, Number);
  const code = featureCoder(labelCoding(signature));
  return Float64Array.from(column, (label) => code(label));
}

function asRows(columns: PreparedColumns): Row[] {
  const names = Object.keys(columns);
  const count = columns[LABEL_COLUMN]?.length ?? 0;
  return Array.from({ length: count }, (_, index) =>
    Object.fromEntries(names.map((name) => [name, columns[name]?.[index] ?? null])),
  );
}
