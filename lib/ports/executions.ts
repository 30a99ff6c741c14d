import type { TrainingCall } from '#core/registry/lease.ts';

export interface KnownExecution {
  readonly state: 'running' | 'ended';
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Who started it, as its input says. */
  readonly by: string;
  /** Name of the error that it ended with. */
  readonly error?: string;
}

/** Executions of a pipeline that each model has to itself. */
export interface ModelExecutions {
  /** @returns undefined when it was never started, or is forgotten since */
  find(model: string, execution: string): Promise<KnownExecution | undefined>;
  /**
   * Starts an execution; one whose name was used is never started again. The same start again, while it runs, is one.
   * @returns false when the name was used, for another input or by an execution that is over
   * @throws NotFoundError when no such model is deployed
   */
  start(model: string, call: Pick<TrainingCall, 'execution'> & { readonly input: object }): Promise<boolean>;
  /** Stops an execution; one that does not run stays as it is. */
  stop(model: string, execution: string, cause: string): Promise<void>;
}

/** Executions of the models' `train-model` pipelines. */
export type TrainingExecutions = ModelExecutions;
