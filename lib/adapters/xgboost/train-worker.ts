import { parentPort, workerData } from 'node:worker_threads';
import { openXgboost } from './library.ts';
import { trainSync } from './train.ts';
import type { TrainingJob, TrainingMessage } from './worker-trainer.ts';

const { libraryPath, request } = workerData as TrainingJob;
const say = (message: TrainingMessage) => parentPort?.postMessage(message);
try {
  say({ trained: trainSync(openXgboost(libraryPath), request, (round) => say({ round })) });
} catch (error) {
  const { name, message, problems } = error as Error & { problems?: [] };
  say({ refused: { name, message, ...(problems && { problems }) } });
}
