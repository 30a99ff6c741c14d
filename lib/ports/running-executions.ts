/** Pipelines that all models share and whose runs the registry does not know. */
export type SharedPipeline = 'ingest-dataset' | 'replay-predictions';

export interface RunningExecutions {
  /** How many executions run; at most a thousand are counted. */
  count(pipeline: SharedPipeline): Promise<number>;
}
