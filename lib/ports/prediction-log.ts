import type { LoggedPrediction } from '#core/serve/answer.ts';

/** Where predictions are kept for monitoring and truth. */
export interface PredictionLog {
  /** Adds rows; resolves when they are accepted for delivery. */
  append(rows: readonly LoggedPrediction[]): Promise<void>;
}
