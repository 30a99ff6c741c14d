import { Worker } from 'node:worker_threads';
import type { TrainedModel, Trainer, TrainingRequest, TrainingRound } from '#ports/trainer.ts';
import { checkTrainingRequest } from './check-request.ts';
import { XgboostError } from './error.ts';
import { waitAsleep } from './library.ts';

/** What the worker needs to train. */
export interface TrainingJob {
  readonly libraryPath: string;
  readonly request: TrainingRequest;
}

/** What the worker says: any number of rounds, then one end. */
export type TrainingMessage =
  | { readonly round: TrainingRound }
  | { readonly trained: TrainedModel }
  | { readonly refused: string };

/**
 * Trains in a worker thread, one a call, so that the event loop lives. The request is copied to it.
 * @param workerFile `train-worker.ts` of this folder, bundled to a file of its own
 */
export function openWorkerTrainer(libraryPath: string, workerFile: string | URL): Trainer {
  waitAsleep();
  return {
    async train(request, onRound = () => {}) {
      checkTrainingRequest(request);
      const workerData: TrainingJob = { libraryPath, request };
      const worker = new Worker(workerFile, { workerData });
      return new Promise<TrainedModel>((resolve, reject) => {
        worker.on('message', (message: TrainingMessage) => {
          if ('trained' in message) resolve(message.trained);
          else if ('refused' in message) reject(new XgboostError(message.refused));
          else report(message.round);
        });
        const report = (round: TrainingRound) => {
          try {
            onRound(round);
          } catch (error) {
            reject(error);
            worker.terminate();
          }
        };
        worker.on('error', reject);
        worker.on('exit', (code) => reject(new XgboostError(`the training worker ended with code ${code}`)));
      });
    },
  };
}
