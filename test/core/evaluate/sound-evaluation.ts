import { evaluateBinary, judgeGates, superiority } from '#core/evaluate/index.ts';
import type { Estimate } from '#core/evaluate/interval.ts';
import type { SliceGroup } from '#core/evaluate/slices.ts';
import { type GatesInput, GatesSpec } from '#core/spec/gates.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';

export const labels = Array.from({ length: 200 }, (_, row) => Number(row % 5 < 2));
export const probabilities = labels.map((label, row) => 0.3 + 0.3 * label + (row % 7) / 50);
const prior = labels.map(() => 0.4);

export const share = (value: number | null): Estimate => ({ value, low: value, high: value });

/** A group of a slice, some fields changed. */
export const sliceGroup = (changes: Partial<SliceGroup> = {}): SliceGroup => ({
  group: 'LGA',
  rows: 3120,
  metrics: { auc: share(0.7) },
  loss: 0.5,
  referenceLoss: 0.58,
  difference: -0.08,
  pValue: 1,
  adjustedPValue: 1,
  worse: false,
  ...changes,
});

/** A version that passes every default gate, some parts changed. */
export function soundEvaluation(changes: Partial<VersionEvaluation> = {}): VersionEvaluation {
  return {
    format: 2,
    task: 'binary',
    metric: 'logLoss',
    test: evaluateBinary(labels, probabilities),
    decision: { format: 1, calibration: null, threshold: 0.5 },
    naive: {
      rule: 'prior',
      comparison: superiority({
        metric: 'logLoss',
        confidence: 0.95,
        labels,
        champion: prior,
        challenger: probabilities,
      }),
    },
    champion: null,
    slices: [],
    fairness: [],
    robustness: {
      rows: 200,
      nulls: { columns: ['km'], loss: 0.5, perturbed: 0.55, lost: 0.1 },
      permutation: [{ feature: 'km', increase: 0.2 }],
      timeShift: { older: 0.5, newer: 0.6, lost: 0.2 },
    },
    features: [
      {
        feature: 'km',
        kind: 'number',
        missing: { train: 0.1, test: 0.2 },
        train: share(0.7),
        test: share(0.65),
        strength: 0.72,
        inverted: 0,
      },
      {
        feature: 'city',
        kind: 'categorical',
        missing: { train: 0, test: 0 },
        train: share(0.6),
        test: share(0.6),
        strength: 0.6,
        inverted: 0,
      },
    ],
    joins: [{ dataset: 'weather', matched: { train: 1, validation: 0.98, test: 0.99 } }],
    parity: { rows: 200, features: 2 },
    load: { rows: 200, maxDifference: 0 },
    serving: { medianMs: 0.1, p99Ms: 2, sizeBytes: 250_000 },
    ...changes,
  };
}

export const judge = (gates: GatesInput, changes: Partial<VersionEvaluation> = {}) =>
  judgeGates(GatesSpec.parse(gates), soundEvaluation(changes));

/** Checks of the gates whose path starts so. */
export const checksOf = (gate: string, gates: GatesInput, changes: Partial<VersionEvaluation> = {}) =>
  judge(gates, changes).checks.filter((check) => check.gate.startsWith(gate));
