/** The same work for both sides. */
export interface TrainPlan {
  /** Parquet file of the rows to learn from. */
  readonly data: string;
  /** Where the model goes. */
  readonly model: string;
  readonly label: string;
  readonly features: readonly string[];
  readonly rounds: number;
  readonly maxDepth: number;
  readonly learningRate: number;
  readonly threads: number;
  readonly seed: number;
}

/** What one run cost. Times in seconds, on the clock of the process itself: its start is not in them. */
export interface TrainCost {
  /** The second round to the last. */
  readonly loop: number;
  /** From the file to the saved model. */
  readonly total: number;
  /** Most memory that the process ever held, all threads and libraries: VmHWM. */
  readonly peakMb: number;
  /** Processor time of all threads, from the process's start to the saved model: what a busy machine does not blur. */
  readonly cpu: number;
  readonly version: string;
}
