import { z } from 'zod';
import { lambdaCost } from '#core/registry/lambda-cost.ts';
import type { Run } from '#core/registry/records.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import type { TrainingChoice } from '#lib/pipelines/run-trial.ts';
import type { TrainingRecord } from '#lib/pipelines/train-version.ts';
import { messageOf } from './shared/cause.ts';
import { type Checkpoint, finishedSteps } from './shared/checkpoint.ts';
import {
  Evaluated,
  Feasible,
  fenceOf,
  Prepared,
  Proposed,
  parseInput,
  Trained,
  TrainingRun,
} from './shared/payloads.ts';
import { registry, store } from './shared/resources.ts';

const Input = z.object({
  run: TrainingRun,
  status: z.enum(['succeeded', 'refused', 'failed', 'reproduced', 'differs']),
  finishedAt: z.string(),
  version: z.number().optional(),
  verdict: z.array(z.string()).optional(),
  error: z.object({ Error: z.string(), Cause: z.unknown().optional() }).optional(),
});

/**
 * Keeps what a run came to in the registry, failed runs too: what its steps left, as far as they came.
 * @throws LeaseLostError when another run has its place
 */
export const handler = async (event: unknown): Promise<object> => {
  const { run, error, ...outcome } = parseInput(Input, event);
  const begun = (await registry().run(run.model, run.runId)) ?? neverBegun(run);
  const checkpoints = await finishedSteps(run);
  const steps = checkpoints.map(({ state, startedAt, finishedAt, memoryMb }) => ({
    state,
    startedAt,
    finishedAt,
    memoryMb,
  }));
  const { error: _, ...known } = begun;
  await registry().recordRun(
    {
      ...known,
      ...(await factsOf(checkpoints)),
      ...outcome,
      ...(error && { error: { name: error.Error, message: messageOf(error.Cause) } }),
      steps,
      costUsd: lambdaCost(steps),
    },
    fenceOf(run),
  );
  return {};
};

/** A run that failed while it asked for its turn. */
function neverBegun({ model, runId, execution, startedAt, by, asOf }: TrainingRun): Run {
  return { model, runId, pipeline: 'train-model', status: 'failed', execution, startedAt, by, asOf };
}

async function factsOf(checkpoints: readonly Checkpoint[]): Promise<Partial<Run>> {
  const result = <Shape extends z.ZodType>(state: string, shape: Shape): z.output<Shape> | undefined => {
    const found = checkpoints.findLast((checkpoint) => checkpoint.state.startsWith(state));
    return found && shape.parse(found.result);
  };
  const feasible = result('CheckFeasibility', Feasible);
  const prepared = result('PrepareTraining', Prepared);
  const choice = result('ProposeTrials', Proposed)?.choice ?? undefined;
  const trained = result('TrainModel', Trained);
  const evaluated = result('EvaluateModel', Evaluated);
  const named = { spec: feasible?.spec, ...prepared, choice, ...trained, evaluation: evaluated?.evaluation };
  const pointers = Object.entries(named).flatMap(([name, pointer]) =>
    typeof pointer === 'object' ? [[name, pointer] as const] : [],
  );
  return {
    ...(feasible && {
      specHash: feasible.specHash,
      datasets: Object.fromEntries(feasible.datasets.map(({ dataset, version }) => [dataset, version])),
    }),
    ...(choice && searchFacts(await readJson<TrainingChoice>(store(), choice))),
    ...(trained && { rounds: (await readJson<TrainingRecord>(store(), trained.training)).rounds }),
    ...(evaluated && { metrics: evaluated.metrics }),
    artifacts: Object.fromEntries(pointers),
  };
}

function searchFacts({ algorithm: { kind, ...parameters }, search }: TrainingChoice): Partial<Run> {
  const count = (status: string) => search?.trials.filter((trial) => trial.status === status).length ?? 0;
  return {
    algorithm: kind,
    parameters,
    ...(search && {
      trials: {
        asked: search.trials.length,
        completed: count('completed'),
        pruned: count('pruned'),
        failed: count('failed'),
      },
    }),
  };
}
