import { Worker } from 'node:worker_threads';
import { type FieldProblem, InvalidInputError, NotFeasibleError } from '#core/errors.ts';
import type { TrainedModel, Trainer, TrainingRequest, TrainingRound } from '#ports/trainer.ts';
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
  | { readonly refused: Refusal };

/** An error's class does not survive the way to the parent. */
interface Refusal {
  readonly name: string;
  readonly message: string;
  readonly problems?: readonly FieldProblem[];
}

/**
 * Trains in a worker thread, one a call, so that the event loop lives. The worker reads arrays from
 * `allocateMatrix` and `allocateFloats` in place; others are copied to it.
 * @param workerFile `train-worker.ts` of this folder, bundled to a file of its own
 */
export function openWorkerTrainer(libraryPath: string, workerFile: string | URL): Trainer {
  waitAsleep();
  return {
    train(request, onRound = () => {}) {
      const workerData: TrainingJob = { libraryPath, request };
      const worker = new Worker(workerFile, { workerData });
      return new Promise<TrainedModel>((resolve, reject) => {
        worker.on('message', (message: TrainingMessage) => {
          if ('trained' in message) resolve(message.trained);
          else if ('refused' in message) reject(asError(message.refused));
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

function asError({ name, message, problems }: Refusal): Error {
  if (problems) return new InvalidInputError(problems);
  return name === 'NotFeasibleError' ? new NotFeasibleError(message) : new XgboostError(message);
}
