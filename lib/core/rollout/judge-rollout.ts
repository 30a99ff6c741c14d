import type { RolloutCounts } from '../registry/serving-records.ts';
import type { Outcome } from '../serve/join-truth.ts';
import type { RolloutHealth } from '../spec/rollout.ts';
import { judgeErrors } from './judge-errors.ts';
import { judgeLatency } from './judge-latency.ts';
import { judgeScores } from './judge-scores.ts';
import { judgeTruth } from './judge-truth.ts';
import type { Judgement } from './judgement.ts';

/** What is known of the challenger and the champion beside it. */
export interface RolloutEvidence {
  /** Of the stage that runs. */
  readonly counts: RolloutCounts;
  /** Whether their scores have bins to be counted in. */
  readonly binned: boolean;
  /** Absent: truth is not judged this time. */
  readonly truth?: {
    readonly outcomes: readonly Outcome[];
    /** When each stage began, ISO 8601, UTC, ascending. */
    readonly stageStarts: readonly string[];
    readonly versions: { readonly champion: number; readonly candidate: number };
  };
}

/** Whether a challenger must be taken back, judged by all that `health` names. Plain JSON. */
export function judgeRollout({ counts, binned, truth }: RolloutEvidence, health: RolloutHealth): Judgement {
  const judgements = [
    judgeErrors(counts, health),
    judgeLatency(counts, health),
    judgeScores(counts, health, binned),
    ...(truth ? [judgeTruth(truth.outcomes, truth.stageStarts, truth.versions, health)] : []),
  ];
  return {
    breaches: judgements.flatMap(({ breaches }) => breaches),
    notes: judgements.flatMap(({ notes }) => notes),
  };
}
