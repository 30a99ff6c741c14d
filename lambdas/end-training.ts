import { z } from 'zod';
import { finishTraining } from '#lib/pipelines/lease-training.ts';
import { parseInput, TrainingRun } from './shared/payloads.ts';
import { trainingPorts } from './shared/training-ports.ts';

const Input = z.object({ run: TrainingRun.pick({ model: true, execution: true, token: true }) });

/** Hands the lease of an execution that is over to those who wait, or frees it. */
export const handler = async (event: unknown): ReturnType<typeof finishTraining> => {
  const { model, ...ended } = parseInput(Input, event).run;
  return finishTraining(trainingPorts(), model, ended);
};
