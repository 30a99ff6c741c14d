import { Aws, DefaultStackSynthesizer } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import type { Engines } from './engines.ts';
import { allow } from './grants.ts';
import { LeeboardFunction, type LeeboardFunctionProps } from './leeboard-function.ts';
import type { Storage } from './storage.ts';

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

    const recordRun = step('RecordRun', 'record-run');
    const checkFeasibility = step('CheckFeasibility', 'check-feasibility');
    const prepareTraining = step('PrepareTraining', 'prepare-training', {
      ...large,
      layers: [engines.duckdb],
    });
    const trainModel = step('TrainModel', 'train-model', {
      ...large,
      layers: [engines.duckdb, engines.xgboost],
    });
    const evaluateModel = step('EvaluateModel', 'evaluate-model', {
      ...large,
      layers: [engines.duckdb, engines.xgboost],
    });
    const registerModel = step('RegisterModel', 'register-model', { memoryMb: 1024, timeoutSeconds: 120 });
    const gateModel = step('GateModel', 'gate-model');
    const promoteModel = step('PromoteModel', 'promote-model');

    for (const reader of [checkFeasibility, prepareTraining]) this.#grantReadSpecs(reader);
    for (const worker of [prepareTraining, trainModel, evaluateModel, registerModel, gateModel]) {
      storage.grantReadStore(worker, 'datasets/', 'models/');
    }
    for (const worker of [prepareTraining, trainModel, evaluateModel, registerModel])
      storage.grantWriteStore(worker, 'models/');
    for (const reader of [checkFeasibility, evaluateModel]) storage.grantReadRegistry(reader);
    for (const writer of [recordRun, registerModel, gateModel, promoteModel])
      storage.grantWriteRegistry(writer);

    this.steps = {
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

  /** Specs are assets of stacks that do not exist yet: their bucket is known, their hashed names are not. */
  #grantReadSpecs(reader: LeeboardFunction): void {
    const bucket = `cdk-${DefaultStackSynthesizer.DEFAULT_QUALIFIER}-assets-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
    allow(
      reader,
      ['s3:GetObject'],
      [`arn:${Aws.PARTITION}:s3:::${bucket}/*.json`],
      'Specs are named by their hash.',
    );
  }
}
