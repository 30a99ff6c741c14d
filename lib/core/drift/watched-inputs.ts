import type { Row } from '../expression/index.ts';
import type { LoggedPrediction } from '../serve/answer.ts';
import type { ColumnProfile } from './profile.ts';

/**
 * The inputs of a window's requests, each row once, whichever version answered: what a challenger was asked beside is
 * no request of its own, and a version that took other columns says nothing about these.
 * @param compared what the inputs are compared with
 */
export function watchedInputs(
  predictions: readonly Pick<LoggedPrediction, 'variant' | 'inputs'>[],
  compared: readonly Pick<ColumnProfile, 'column'>[],
): Row[] {
  return predictions
    .filter(({ variant }) => variant !== 'shadow')
    .map(({ inputs }) => inputs)
    .filter((inputs) => compared.every(({ column }) => Object.hasOwn(inputs, column)));
}
