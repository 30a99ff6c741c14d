import { LeeboardError } from '../errors.ts';

/** No trial of a search was completed, so there is no best one. */
export class SearchFailedError extends LeeboardError {
  override readonly name = 'SearchFailedError';
  /** @param causes cause -> trials, the most frequent first */
  constructor(trials: number, causes: readonly (readonly [cause: string, trials: number])[]) {
    const [first] = causes;
    const most = first ? `; most often (${first[1]} of ${trials}): ${first[0]}` : '';
    super(`expected at least one completed trial, got none of ${trials}${most}`);
  }
}
