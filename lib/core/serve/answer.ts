import type { Row } from '../expression/index.ts';
import type { Variant } from '../registry/serving-records.ts';
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

/** A prediction by another version than the answer's: rows that stick to the challenger of a rollout. */
export interface ByChallenger {
  readonly version?: number;
}

/** What `POST /v1/models/{model}/predict` answers. */
export interface PredictionAnswer<Answered extends Prediction = Prediction> {
  /** UUID version 7: it says when it was answered. */
  readonly predictionId: string;
  readonly model: string;
  /** The version that answered, all rows but those that name another. */
  readonly version: number;
  /** One a row, in the request's order. */
  readonly predictions: readonly (Answered & ByChallenger)[];
}

/** One row of the prediction log, as it is stored in `predictions/<model>/`, together with its prediction. */
export type LoggedPrediction = Prediction & LoggedRow;

interface LoggedRow {
  /** The request's prediction id and the row's index, `<uuid>#0`; a shadow's ends in `~shadow`. Unique. */
  readonly id: string;
  readonly model: string;
  readonly version: number;
  readonly variant: Variant;
  /** The caller's own name for the request, where it gave one. */
  readonly requestId?: string;
  /** What scoring the request's rows took this version, milliseconds. */
  readonly latencyMs: number;
  /** When it was answered, ISO 8601, UTC. */
  readonly at: string;
  /** The dataset's key and time columns, where the row brought them: what truth joins by. */
  readonly key: Row;
  readonly inputs: Row;
}

/** What the log's rows of one request and one version have in common. */
export interface LoggedRequest {
  readonly predictionId: string;
  readonly model: string;
  readonly version: number;
  readonly variant: Variant;
  readonly requestId?: string;
  readonly latencyMs: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What the ids of a shadow's rows end in. */
const SHADOW = '~shadow';

/** Whether a challenger said it beside the answer. */
export const isShadow = ({ id }: Pick<LoggedPrediction, 'id'>): boolean => id.endsWith(SHADOW);

/** The id of the answered row that a shadow's is beside; any other stays as it is. */
export const withoutShadow = (id: string): string => (id.endsWith(SHADOW) ? id.slice(0, -SHADOW.length) : id);

/**
 * The log's rows of what one version said of one request.
 * @param rows the request's rows that this version scored, with their index in the request
 * @param predictions one for each of them
 * @param redact what the log may keep of a row
 */
export function logRows(
  signature: Signature,
  { predictionId, ...request }: LoggedRequest,
  rows: readonly { readonly index: number; readonly row: Row }[],
  predictions: readonly Prediction[],
  redact: (row: Row) => Row,
): LoggedPrediction[] {
  const inputs = signature.inputs.map(({ name }) => name);
  const suffix = request.variant === 'shadow' ? SHADOW : '';
  return rows.map(({ index, row }, position) => ({
    id: `${predictionId}#${index}${suffix}`,
    ...request,
    key: redact(pick(row, signature.key)),
    inputs: redact(pick(row, inputs)),
    ...(predictions[position] as Prediction),
  }));
}

function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}
