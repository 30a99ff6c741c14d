import { z } from 'zod';
import { leaseTraining } from '#lib/pipelines/lease-training.ts';
import { parseInput, TrainingRun } from './shared/payloads.ts';
import { variable } from './shared/resources.ts';
import { trainingPorts } from './shared/training-ports.ts';

/** `request` is the execution's input; `token` is in it when the lease itself called the execution. */
const Input = z.object({
  run: TrainingRun,
  request: z.object({
    reason: z.string().default('no reason was given'),
    asOf: z.string().optional(),
    set: z.record(z.string(), z.unknown()).optional(),
    reproduce: z.number().optional(),
    resume: z.string().optional(),
    token: z.number().optional(),
  }),
});

export type Leased =
  | { readonly status: 'acquired'; readonly run: TrainingRun & { readonly token: number } }
  | { readonly status: 'merged'; readonly run: TrainingRun; readonly into: string }
  | { readonly status: 'superseded'; readonly run: TrainingRun };

/** Lets one execution train its model at a time; the others merge into one that comes next. */
export const handler = async (event: unknown): Promise<Leased> => {
  const { run, request } = parseInput(Input, event);
  const { model, execution, by, startedAt: at } = run;
  const { token: calledWith, asOf, ...wish } = request;
  const leased = await leaseTraining(trainingPorts(), {
    model,
    request: { ...wish, by, at, execution, ...(asOf !== undefined && { asOf: run.asOf }) },
    calledWith,
    asOf: run.asOf,
    specHash: run.spec.sha256,
    codeVersion: variable('CODE_VERSION'),
  });
  if (leased.status !== 'acquired') return { ...leased, run };
  const { startedAt, asOf: since = run.asOf, by: asked, token, set, reproduce } = leased.run;
  return { status: 'acquired', run: { ...run, startedAt, asOf: since, by: asked, token, set, reproduce } };
};
