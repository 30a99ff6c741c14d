import type { Row } from '../expression/index.ts';
import type { Signature } from './signature.ts';

/** One row's prediction. */
export interface Prediction {
  /** Of the label being true, 0 to 1. */
  readonly probability: number;
  /** Log odds, as libxgboost gives them (float32). */
  readonly margin: number;
}

/** What `POST /v1/models/{model}/predict` answers. */
export interface PredictionAnswer {
  readonly predictionId: string;
  readonly model: string;
  readonly version: number;
  /** One a row, in the request's order. */
  readonly predictions: readonly Prediction[];
}

/** One row of the prediction log, as it is stored in `predictions/<model>/`. */
export interface LoggedPrediction {
  /** The request's prediction id and the row's index: unique. */
  readonly id: string;
  readonly model: string;
  readonly version: number;
  /** When it was answered, ISO 8601, UTC. */
  readonly at: string;
  /** The dataset's key and time columns, where the row brought them: what truth joins by. */
  readonly key: Row;
  readonly inputs: Row;
  readonly probability: number;
  readonly margin: number;
}

/** The log's rows of one answer. */
export function logRows(
  signature: Signature,
  answer: PredictionAnswer,
  rows: readonly Row[],
  at: string,
): LoggedPrediction[] {
  const inputs = signature.inputs.map(({ name }) => name);
  return answer.predictions.map(({ probability, margin }, index) => {
    const row = rows[index] as Row;
    return {
      id: `${answer.predictionId}#${index}`,
      model: answer.model,
      version: answer.version,
      at,
      key: pick(row, signature.key),
      inputs: pick(row, inputs),
      probability,
      margin,
    };
  });
}

function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}
