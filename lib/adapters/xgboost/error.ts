import { LeeboardError } from '#core/errors.ts';

/** XGBoost refused a call or a model; the message is its own text. */
export class XgboostError extends LeeboardError {
  override readonly name = 'XgboostError';
}
