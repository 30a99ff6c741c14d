import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import type { Api } from './api.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { Engines } from './engines.ts';
import { LeeboardFunction, type LeeboardFunctionProps } from './leeboard-function.ts';
import type { Storage } from './storage.ts';
import { allowExecutions, MACHINE_VARIABLES } from './training-machines.ts';

export interface BatchesProps {
  readonly environment: Environment;
  readonly storage: Storage;
  readonly engines: Engines;
  readonly api: Api;
  readonly codeVersion: string;
}

/** The steps of `score-batch`, shared by all models, and the routes that start, cancel and resume batches. */
export class Batches extends Construct {
  /** State name -> function. */
  readonly steps: Readonly<Record<string, LeeboardFunction>>;
  readonly recordBatch: LeeboardFunction;

  constructor(scope: Construct, id: string, props: BatchesProps) {
    super(scope, id);
    const { environment, storage, engines, codeVersion } = props;
    const variables = {
      STORE_BUCKET: storage.store.bucketName,
      REGISTRY_TABLE: storage.registry.tableName,
      CODE_VERSION: codeVersion,
    };
    const step = (name: string, handler: string, options: Partial<LeeboardFunctionProps> = {}) =>
      new LeeboardFunction(this, name, { environment, handler, variables, ...options });

    const beginBatch = step('BeginBatch', 'begin-batch', { memoryMb: 1024, timeoutSeconds: 60 });
    const scoreChunk = step('ScoreChunk', 'score-chunk', {
      memoryMb: 3538, // two vCPUs
      storageMb: 8192,
      timeoutSeconds: 900,
      layers: [engines.duckdb, engines.xgboost],
    });
    const endBatch = step('EndBatch', 'end-batch', { memoryMb: 1024, timeoutSeconds: 300 });
    this.recordBatch = step('RecordBatch', 'record-batch', {
      timeoutSeconds: 60,
      deadLetters: new DeadLetterQueue(this, 'DeadLetters'),
    });

    storage.grantReadStore(beginBatch, 'models/', 'datasets/', 'batches/');
    storage.grantReadStore(scoreChunk, 'models/', 'datasets/', 'batches/');
    storage.grantReadStore(endBatch, 'models/', 'batches/');
    for (const writer of [beginBatch, scoreChunk, endBatch]) storage.grantWriteStore(writer, 'batches/');
    storage.grantReadRegistry(scoreChunk);
    for (const writer of [beginBatch, endBatch, this.recordBatch]) storage.grantWriteRegistry(writer);
    this.steps = {
      BeginBatch: beginBatch,
      ScoreChunk: scoreChunk,
      EndBatch: endBatch,
      RecordBatch: this.recordBatch,
    };
    this.#addControls(props);
  }

  #addControls({ environment, storage, api }: BatchesProps): void {
    const controlBatches = new LeeboardFunction(this, 'ControlBatches', {
      environment,
      handler: 'control-batches',
      memoryMb: 1024,
      timeoutSeconds: 29, // API Gateway waits no longer
      variables: {
        STORE_BUCKET: storage.store.bucketName,
        REGISTRY_TABLE: storage.registry.tableName,
        ...MACHINE_VARIABLES,
      },
    });
    storage.grantReadStore(controlBatches, 'models/');
    storage.grantWriteRegistry(controlBatches);
    allowExecutions(controlBatches, environment, 'score-batch', [
      'states:StartExecution',
      'states:StopExecution',
      'states:DescribeExecution',
    ]);
    const integration = new HttpLambdaIntegration('ControlBatches', controlBatches);
    for (const path of ['', '/{batch}/cancel', '/{batch}/resume']) {
      api.http.addRoutes({
        path: `/v1/models/{model}/batches${path}`,
        methods: [HttpMethod.POST],
        integration,
      });
    }
  }
}
