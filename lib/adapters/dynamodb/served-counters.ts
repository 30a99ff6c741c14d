import { noCounts } from '#core/registry/served-counts.ts';
import type { ServedCounts } from '#core/registry/serving-records.ts';

/** Counters as attributes of one item, zeroes left out: `requests`, `latency3`, `scores0`, ... */
export function toCounters({ latency, scores, ...totals }: ServedCounts): Record<string, number> {
  const list = (name: string, counts: readonly number[]) =>
    counts.map((count, index) => [`${name}${index}`, count] as const);
  const all = [...Object.entries(totals), ...list('latency', latency), ...list('scores', scores)];
  return Object.fromEntries(all.filter(([, count]) => count !== 0));
}

export function fromCounters(counters: Readonly<Record<string, number>>): ServedCounts {
  const { latency, scores, ...totals } = noCounts();
  const list = (name: string, length: number) =>
    Array.from({ length }, (_, index) => counters[`${name}${index}`] ?? 0);
  return {
    requests: counters.requests ?? totals.requests,
    rows: counters.rows ?? totals.rows,
    errors: counters.errors ?? totals.errors,
    latency: list('latency', latency.length),
    scores: list('scores', scores.length),
  };
}
