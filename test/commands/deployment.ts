import type { Run } from '#core/registry/records.ts';
import type { RunDetails, TrainingOptions } from '#lib/client/answers.ts';
import { ApiError } from '#lib/client/errors.ts';
import type { Execution } from '#lib/client/executions.ts';
import type { EnteredState } from '#lib/commands/stages.ts';
import { outputs } from './outputs.ts';

export const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

/** A run of the model `late`, with changes. */
export function run(changes: Partial<RunDetails> = {}): RunDetails {
  return {
    model: 'late',
    runId: 'run-1',
    pipeline: 'train-model',
    status: 'running',
    startedAt: at(0),
    by: 'ada',
    execution: 'run-1',
    ...changes,
  };
}

/** What one look at a deployment finds: a run's record (undefined: none yet), and its execution. */
export interface Look {
  readonly run?: RunDetails | undefined;
  readonly states?: readonly EnteredState[];
  readonly execution?: Partial<Execution> & { readonly status: Execution['status'] };
}

/**
 * A deployment that changes by itself: each look for an execution's states or, without one, for its record finds the
 * next of `looks`, at last always the last.
 */
export function deployment(looks: readonly Look[], others: Readonly<Record<string, Run>> = {}) {
  const asked: TrainingOptions[] = [];
  const resumed: string[] = [];
  let round = 0;
  let reads = 0;
  const now = () => looks[Math.min(round, looks.length - 1)] as Look;
  return {
    asked,
    resumed,
    looked: () => reads,
    outputs,
    startRun: async (_model: string, options: TrainingOptions = {}) => {
      asked.push(options);
      return { runId: 'run-1', status: 'waiting' as const };
    },
    resumeRun: async (_model: string, runId: string) => {
      resumed.push(runId);
      return { runId, status: 'waiting' as const };
    },
    trainingArn: (model: string, execution: string) =>
      `arn:aws:states:execution:${model}-train-model:${execution}`,
    // Two reads of the record a look: before the execution and after it.
    run: async (_model: string, runId: string): Promise<RunDetails> => {
      reads++;
      const found = others[runId] ?? now().run;
      if (others[runId] === undefined && reads % 2 === 0) round++;
      if (!found) throw new ApiError(404, { detail: `no run ${runId}` });
      return found;
    },
    execution: async (arn: string): Promise<Execution> => {
      const { execution } = now();
      if (execution) return { arn, output: undefined, ...execution };
      throw Object.assign(new Error(arn), { name: 'ExecutionDoesNotExist' });
    },
    states: async () => [...(now().states ?? [])],
  };
}
