import { parentPort, workerData } from 'node:worker_threads';
import { XgboostError } from './error.ts';
import { openXgboost } from './library.ts';
import { trainSync } from './train.ts';
import type { TrainingJob, TrainingMessage } from './worker-trainer.ts';

const { libraryPath, request } = workerData as TrainingJob;
const say = (message: TrainingMessage) => parentPort?.postMessage(message);
try {
  say({ trained: trainSync(openXgboost(libraryPath), request, (round) => say({ round })) });
} catch (error) {
  // An error's class does not survive the way to the parent; any other error ends the worker.
  if (!(error instanceof XgboostError)) throw error;
  say({ refused: error.message });
}
