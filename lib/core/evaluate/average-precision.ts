import { type Estimate, wilson } from './interval.ts';
import { type ScoredRows, tiedRuns } from './scored-rows.ts';

/**
 * Area under the precision-recall curve as average precision, the sum of precision times the step in
 * recall over falling thresholds, without interpolation. Undefined without a positive row. The
 * interval is the binomial one with as many trials as positives, in Wilson's form so that it has a
 * width at 1.
 * Source: Boyd, Eng and Page, ECML PKDD 2013.
 */
export function averagePrecision(rows: ScoredRows, order: Uint32Array, confidence: number): Estimate {
  const { labels, probabilities, positives } = rows;
  let found = 0;
  let hits = 0;
  const descending = order.toReversed();
  for (const { start, end } of tiedRuns(probabilities, descending)) {
    let tied = 0;
    for (let at = start; at < end; at++) tied += labels[descending[at] as number] as number;
    found += tied;
    hits += (tied * found) / end;
  }
  return wilson(hits, positives, confidence);
}
