import type { LoggedPrediction } from '#core/serve/answer.ts';

/** Where predictions are kept for monitoring and truth. */
export interface PredictionLog {
  /**
   * Adds rows; resolves when they are accepted for delivery.
   * @throws InvalidInputError naming a row that is larger than the log takes; then none is added
   */
  append(rows: readonly LoggedPrediction[]): Promise<void>;
}
