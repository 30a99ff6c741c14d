import { logBinomial } from '../rollout/binomial.ts';

/** Hits among trials. */
export interface Counted {
  readonly hits: number;
  readonly trials: number;
}

/**
 * Chance that a share is as much above another as it is, or more, when both are of one kind: Fisher's exact test,
 * one-sided. Also for the rarest of hits, where a normal approximation calls the first one certain.
 * Source: Fisher, Statistical Methods for Research Workers, 5th edition, 1934, section 21.02.
 * @returns 1 when the share is not above the other
 */
export function fisherExact({ hits, trials }: Counted, other: Counted): number {
  if (hits * other.trials <= other.hits * trials) return 1;
  const [all, rows] = [hits + other.hits, trials + other.trials];
  const share = all / rows;
  // The hypergeometric chance from binomial ones, whatever their share.
  let term = Math.exp(
    logBinomial(hits, trials, share) +
      logBinomial(other.hits, other.trials, share) -
      logBinomial(all, rows, share),
  );
  let sum = 0;
  for (let count = hits; term > sum * 1e-17; count++) {
    sum += term;
    term *= ((all - count) * (trials - count)) / ((count + 1) * (other.trials - all + count + 1));
  }
  return sum;
}
