import type { Row } from '../expression/index.ts';
import type { Signature } from './signature.ts';

/** A row's prediction by a binary model. */
export interface BinaryPrediction {
  /** Of the label being true, 0 to 1; calibrated where the bundle has that step. */
  readonly probability: number;
  /** Log odds, as the model itself gives them (float32). */
  readonly margin: number;
  /** Whether the probability reaches the version's threshold. */
  readonly positive: boolean;
}

/** A row's prediction by a regression model, in the label's unit. */
export interface RegressionPrediction {
  readonly value: number;
}

/** A row's prediction by a multiclass model. */
export interface MulticlassPrediction {
  /** The most probable class, the first of equals. */
  readonly label: string;
  /** Class -> probability; together 1 but for rounding. */
  readonly probabilities: Readonly<Record<string, number>>;
}

export type Prediction = BinaryPrediction | RegressionPrediction | MulticlassPrediction;

/** What `POST /v1/models/{model}/predict` answers. */
export interface PredictionAnswer<Answered extends Prediction = Prediction> {
  readonly predictionId: string;
  readonly model: string;
  readonly version: number;
  /** One a row, in the request's order. */
  readonly predictions: readonly Answered[];
}

/** One row of the prediction log, as it is stored in `predictions/<model>/`, together with its prediction. */
export type LoggedPrediction = Prediction & LoggedRow;

interface LoggedRow {
  /** The request's prediction id and the row's index: unique. */
  readonly id: string;
  readonly model: string;
  readonly version: number;
  /** When it was answered, ISO 8601, UTC. */
  readonly at: string;
  /** The dataset's key and time columns, where the row brought them: what truth joins by. */
  readonly key: Row;
  readonly inputs: Row;
}

/** The log's rows of one answer. */
export function logRows(
  signature: Signature,
  answer: PredictionAnswer,
  rows: readonly Row[],
  at: string,
): LoggedPrediction[] {
  const inputs = signature.inputs.map(({ name }) => name);
  return answer.predictions.map((prediction, index) => {
    const row = rows[index] as Row;
    return {
      id: `${answer.predictionId}#${index}`,
      model: answer.model,
      version: answer.version,
      at,
      key: pick(row, signature.key),
      inputs: pick(row, inputs),
      ...prediction,
    };
  });
}

function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}
