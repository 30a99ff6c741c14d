import {
  type EvaluateOptions,
  evaluate,
  lossOf,
  type NonInferiority,
  nonInferiority,
  superiority,
} from '#core/evaluate/index.ts';
import type { Row } from '#core/expression/index.ts';
import { fitNaive, naivePredictor } from '#core/naive/index.ts';
import { decideScores } from '#core/serve/decide.ts';
import type { Decision } from '#core/serve/decision.ts';
import { compileEncoder } from '#core/serve/encode-rows.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { SingleAlgorithm } from '#core/spec/algorithm.ts';
import { type ModelSpec, modelColumns } from '#core/spec/model.ts';
import { primaryMetric } from '#core/spec/task.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import type { Predictor } from '#ports/predictor.ts';
import type { EvaluationRequest } from './evaluate-version.ts';
import type { Scorer } from './score-rows.ts';

/** How scores are judged: the primary metric and what its losses need. */
export interface Judge {
  readonly metric: VersionEvaluation['metric'];
  readonly options: EvaluateOptions;
  readonly losses: ReturnType<typeof lossOf>;
}

export function judgeOf(
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
export function compareNaive(
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

/** The champion on the same rows; null when there is none. */
export function compareChampion(
  { model, algorithm, champion, challenger, testRows }: EvaluationRequest,
  { options }: Judge,
  rows: readonly Row[],
  labels: Float64Array,
  scores: ArrayLike<number>,
) {
  if (champion === null) return null;
  const { version, signature, decision, predictor } = champion;
  const missing = missingInputs(model, signature, Object.keys(testRows));
  const unknown = { result: { version, nonInferiority: null, missing }, scores: null, losses: null };
  if (missing.length > 0 || signature.task !== model.task) return unknown;
  const [own, other] = [challenger.signature.classes ?? [], signature.classes ?? []];
  const classes = [...new Set([...own, ...other])];
  const answers = answersOf({ signature, decision, predictor }, rows, classes);
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
  const { threshold } = decision;
  const asItAnswers = { ...settings, ...(threshold !== null && { threshold }) };
  const { metrics } = evaluate(model.task, labels, answers, asItAnswers);
  return {
    result: { version, nonInferiority: nonInferior ?? null, missing, metrics },
    scores: answers,
    losses: lossOf(primaryMetric(model.task, algorithm), model.task, settings)(labels, answers),
  };
}

/** Columns that a version needs and rows with these columns of the model do not have. */
export function missingInputs(model: ModelSpec, signature: Signature, columns: readonly string[]): string[] {
  const types = modelColumns(model);
  return signature.inputs
    .filter(({ name, column }) => !columns.includes(name) || types[name] !== column.type)
    .map(({ name }) => name);
}

/** What a version answers to raw rows, rows x outputs; of a multiclass model a probability for each of `classes`. */
export function answersOf(
  { signature, decision, predictor }: Scorer,
  rows: readonly Row[],
  classes: readonly string[],
): ArrayLike<number> {
  const raw = scoresOf(predictor, compileEncoder(signature).encode(rows));
  return alignClasses(decideScores(decision, raw), signature.classes ?? [], classes);
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

/** A predictor's scores of an encoded matrix, rows x outputs. */
export function scoresOf(
  predictor: Pick<Predictor, 'scores' | 'columns'>,
  values: Float32Array,
): Float32Array {
  return predictor.scores({ rows: values.length / predictor.columns, columns: predictor.columns, values });
}
