import { type Estimate, wilson } from './interval.ts';
import { type ScoredRows, tiedRuns } from './scored-rows.ts';

/** One point of the reliability curve: the rows of one bin. */
export interface CalibrationBin {
  readonly count: number;
  readonly meanPredicted: number;
  /** Share of positives, with Wilson's interval. */
  readonly observed: Estimate;
}

export interface Calibration {
  /** Expected calibration error, 0 to 1: mean |meanPredicted - observed| over bins, weighted by count. */
  readonly ece: number;
  /** From the lowest to the highest probability; empty bins are left out. */
  readonly bins: readonly CalibrationBin[];
}

/**
 * Reliability curve and ECE over bins of equal mass: a row's bin is floor(bins * r / n) with r the
 * number of rows of lower probability, so tied rows share a bin.
 * Source: Naeini, Cooper and Hauskrecht, AAAI 2015; equal mass after Nixon et al., CVPR workshops 2019.
 */
export function calibration(
  { labels, probabilities }: ScoredRows,
  order: Uint32Array,
  bins: number,
  confidence: number,
): Calibration {
  const sums = Array.from({ length: bins }, () => ({ count: 0, predicted: 0, positives: 0 }));
  for (const { start, end } of tiedRuns(probabilities, order)) {
    const bin = sums[Math.floor((bins * start) / order.length)] as (typeof sums)[number];
    for (let at = start; at < end; at++) {
      const row = order[at] as number;
      bin.count++;
      bin.predicted += probabilities[row] as number;
      bin.positives += labels[row] as number;
    }
  }
  const filled = sums.filter(({ count }) => count > 0);
  const gap = filled.reduce((total, bin) => total + Math.abs(bin.predicted - bin.positives), 0);
  return {
    ece: gap / order.length,
    bins: filled.map(({ count, predicted, positives }) => ({
      count,
      meanPredicted: predicted / count,
      observed: wilson(positives, count, confidence),
    })),
  };
}
