import type { LoggedPrediction } from '#core/serve/answer.ts';
import { predictionId } from '#core/serve/prediction-id.ts';
import type { Actual, Truth } from '#core/serve/truth.ts';

/** An instant of 1 April 2013, or of that day's hour and so many seconds later. */
export const at = (seconds: number): string => new Date(Date.UTC(2013, 3, 1) + seconds * 1000).toISOString();

/** The id of the only row of a request, answered so many seconds after midnight. */
export const idAt = (seconds: number, seed = 0): string =>
  `${predictionId(Date.parse(at(seconds)), new Uint8Array(10).fill(seed))}#0`;

/** A logged prediction, answered so many seconds after midnight. */
export function prediction(seconds: number, changes: Partial<LoggedPrediction> = {}): LoggedPrediction {
  return {
    id: idAt(seconds),
    model: 'm',
    version: 1,
    variant: 'champion',
    latencyMs: 1,
    at: at(seconds),
    key: {},
    inputs: {},
    probability: 0.5,
    positive: true,
    margin: 0,
    ...changes,
  };
}

/** A truth that came so many seconds after midnight. */
export function truth(seconds: number, of: Truth['of'], actual: Actual = true, source = 'feedback'): Truth {
  return { model: 'm', of, actual, at: at(seconds), source };
}
