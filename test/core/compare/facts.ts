import type { RunFacts } from '#core/compare/run-facts.ts';
import { tripsLate } from '../../support/trips.ts';

/** A value with an interval of `reach` on each side. */
export const about = (value: number, reach: number) => ({ value, low: value - reach, high: value + reach });

/** What is known of version 1, with changes. */
export function facts(changes: Partial<RunFacts> = {}): RunFacts {
  return {
    name: 'trips-late@1',
    model: 'trips-late',
    version: 1,
    runId: 'run-1',
    status: 'approved',
    startedAt: '2026-01-01T00:00:00.000Z',
    spec: tripsLate(),
    specHash: 'hash-1',
    codeVersion: 'code-1',
    libraries: { xgboost: '3.2.0' },
    datasets: { trips: 4 },
    seed: 1,
    asOf: '2026-01-01T00:00:00.000Z',
    algorithm: 'xgboost',
    parameters: { maxDepth: 6, rounds: 40 },
    rounds: 40,
    metrics: { auc: about(0.7, 0.01), logLoss: about(0.6, 0.01) },
    testRows: 1000,
    evaluation: null,
    history: [],
    trials: [],
    took: 20,
    costUsd: 0.01,
    ...changes,
  };
}
