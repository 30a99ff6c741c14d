import type { LoggedPrediction } from '#core/serve/answer.ts';

/** Where predictions are kept for monitoring and truth. */
export interface PredictionLog {
  /**
   * Adds rows. Resolves when they are accepted for delivery, and after a bounded wait also when they are not: an answer
   * neither fails nor waits for its log. What was not accepted is kept and sent again, and so may arrive twice; its
   * row's id says that it is the same. What has to be given up, because too much is kept, is counted.
   * @param rows those that were answered in the order of the request, then a shadow's, which may be dropped
   * @throws InvalidInputError naming an answered row that is larger than the log takes; then none is added
   */
  append(rows: readonly LoggedPrediction[]): Promise<void>;
}
