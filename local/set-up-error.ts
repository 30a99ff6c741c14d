import { LeeboardError } from '#core/errors.ts';

/** This machine cannot run Leeboard's local side as it is: says what was found, what is needed, what to do. */
export class SetUpError extends LeeboardError {
  override readonly name = 'SetUpError';
}
