import { z } from 'zod';
import type { TRAINING_METRICS } from '#core/monitor/metric-names.ts';
import { finishTraining } from '#lib/pipelines/lease-training.ts';
import { countMetrics } from './shared/metrics.ts';
import { parseInput, TrainingRun } from './shared/payloads.ts';
import { trainingPorts } from './shared/training-ports.ts';

const Input = z.object({
  run: TrainingRun.pick({ model: true, execution: true, token: true }),
  /** What the run came to; in capitals, what Step Functions says of an execution that is over. */
  status: z.string().optional(),
});

/** Of those who lost their turn, and those that a person ended, there is nothing to say. */
const FAILED: Readonly<Record<string, 0 | 1>> = {
  // A version that passed its gates, and what became of it.
  ...{ promoted: 0, rollout: 0, held: 0, approval: 0 },
  ...{ succeeded: 0, refused: 0, reproduced: 0, differs: 0 },
  ...{ failed: 1, FAILED: 1, TIMED_OUT: 1 },
};

/** Hands the lease of an execution that is over to those who wait, or frees it; the model's metrics say whether it failed. */
export const handler = async (event: unknown): ReturnType<typeof finishTraining> => {
  const {
    run: { model, ...ended },
    status = '',
  } = parseInput(Input, event);
  const failed = FAILED[status];
  // First: a lease that cannot be handed over must not hide the failure.
  if (failed !== undefined) {
    countMetrics(model, { TrainingFailed: failed } satisfies Record<
      (typeof TRAINING_METRICS)[number],
      number
    >);
  }
  return finishTraining(trainingPorts(), model, ended);
};
