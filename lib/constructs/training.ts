import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { Engines } from './engines.ts';
import { LeeboardFunction, type LeeboardFunctionProps } from './leeboard-function.ts';
import { allowReadSpecs } from './spec-asset.ts';
import type { Storage } from './storage.ts';
import { allowTrainingExecutions, MACHINE_VARIABLES } from './training-machines.ts';

export interface TrainingProps {
  readonly environment: Environment;
  readonly storage: Storage;
  readonly engines: Engines;
  readonly codeVersion: string;
}

/** The steps of `train-model`, shared by all models: each model's pipeline brings its spec. */
export class Training extends Construct {
  /** State name -> function. */
  readonly steps: Readonly<Record<string, LeeboardFunction>>;
  readonly endTraining: LeeboardFunction;

  constructor(scope: Construct, id: string, { environment, storage, engines, codeVersion }: TrainingProps) {
    super(scope, id);
    const variables = {
      STORE_BUCKET: storage.store.bucketName,
      REGISTRY_TABLE: storage.registry.tableName,
      CODE_VERSION: codeVersion,
    };
    const step = (name: string, handler: string, options: Partial<LeeboardFunctionProps> = {}) =>
      new LeeboardFunction(this, name, { environment, handler, variables, ...options });
    const large = { memoryMb: 8192, storageMb: 8192, timeoutSeconds: 900 };

    const recordRun = step('RecordRun', 'record-run', { timeoutSeconds: 60 });
    const checkFeasibility = step('CheckFeasibility', 'check-feasibility');
    const machines = { ...variables, ...MACHINE_VARIABLES };
    const leaseTraining = step('LeaseTraining', 'lease-training', {
      timeoutSeconds: 60,
      variables: machines,
    });
    const endTraining = step('EndTraining', 'end-training', {
      timeoutSeconds: 60,
      variables: machines,
      deadLetters: new DeadLetterQueue(this, 'DeadLetters'),
    });
    const prepareTraining = step('PrepareTraining', 'prepare-training', {
      ...large,
      layers: [engines.duckdb],
    });
    const proposeTrials = step('ProposeTrials', 'propose-trials', { memoryMb: 1024, timeoutSeconds: 120 });
    const runTrial = step('RunTrial', 'run-trial', { ...large, layers: [engines.duckdb, engines.xgboost] });
    const compareModel = step('CompareModel', 'compare-model');
    const trainModel = step('TrainModel', 'train-model', {
      ...large,
      layers: [engines.duckdb, engines.xgboost],
    });
    const evaluateModel = step('EvaluateModel', 'evaluate-model', {
      ...large,
      layers: [engines.duckdb, engines.xgboost],
    });
    const registerModel = step('RegisterModel', 'register-model', { memoryMb: 1024, timeoutSeconds: 120 });
    const gateModel = step('GateModel', 'gate-model', {
      variables: { ...variables, PACE: String(environment.pace) },
    });
    const promoteModel = step('PromoteModel', 'promote-model');

    allowReadSpecs(checkFeasibility);
    storage.grantReadStore(prepareTraining, 'datasets/', 'models/');
    const makers = [checkFeasibility, proposeTrials, runTrial, trainModel, evaluateModel, registerModel];
    for (const reader of [...makers, recordRun, compareModel, gateModel, promoteModel])
      storage.grantReadStore(reader, 'models/');
    for (const maker of [...makers, prepareTraining]) storage.grantWriteStore(maker, 'models/');
    for (const reader of [checkFeasibility, evaluateModel]) storage.grantReadRegistry(reader);
    for (const writer of [leaseTraining, endTraining, recordRun, runTrial, trainModel])
      storage.grantWriteRegistry(writer);
    for (const writer of [registerModel, gateModel, promoteModel]) storage.grantWriteRegistry(writer);
    for (const starter of [leaseTraining, endTraining]) {
      allowTrainingExecutions(starter, environment, ['states:StartExecution', 'states:DescribeExecution']);
    }

    this.endTraining = endTraining;
    this.steps = {
      LeaseTraining: leaseTraining,
      EndTraining: endTraining,
      ProposeTrials: proposeTrials,
      RunTrial: runTrial,
      CompareModel: compareModel,
      RecordRun: recordRun,
      CheckFeasibility: checkFeasibility,
      PrepareTraining: prepareTraining,
      TrainModel: trainModel,
      EvaluateModel: evaluateModel,
      RegisterModel: registerModel,
      GateModel: gateModel,
      PromoteModel: promoteModel,
    };
  }
}
