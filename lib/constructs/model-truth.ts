import { HttpMethod, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Environment } from '../stacks/environment.ts';
import type { Api } from './api.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { Engines } from './engines.ts';
import { LeeboardFunction, type LeeboardFunctionProps } from './leeboard-function.ts';
import type { SpecAsset } from './spec-asset.ts';
import type { Storage } from './storage.ts';

export interface ModelTruthProps {
  readonly environment: Environment;
  readonly model: ModelSpec;
  readonly spec: SpecAsset;
  readonly storage: Storage;
  readonly engines: Engines;
  readonly api: Api;
}

/** What really happened comes to one model: through the API, by dropped files, and by itself from newer data. */
export class ModelTruth extends Construct {
  readonly #props: ModelTruthProps;

  constructor(scope: Construct, id: string, props: ModelTruthProps) {
    super(scope, id);
    this.#props = props;
    this.#byApi();
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters');
    this.#byFiles(deadLetters);
    this.#byItself(deadLetters);
  }

  #byApi(): void {
    const { model, api } = this.#props;
    const recordTruth = this.#function('RecordTruth', { handler: 'record-truth', timeoutSeconds: 29 });
    new HttpRoute(this, 'FeedbackRoute', {
      httpApi: api.http,
      routeKey: HttpRouteKey.with(`/v1/models/${model.name}/feedback`, HttpMethod.POST),
      integration: new HttpLambdaIntegration('RecordTruth', recordTruth),
    });
  }

  #byFiles(deadLetters: DeadLetterQueue): void {
    const { model, storage } = this.#props;
    const prefix = `truth/${model.name}/`;
    const recordTruthFile = this.#function('RecordTruthFile', {
      handler: 'record-truth-file',
      memoryMb: 1769,
      storageMb: 1024,
      timeoutSeconds: 300,
      deadLetters,
      variables: { INCOMING_BUCKET: storage.incoming.bucketName },
    });
    storage.grantReadIncoming(recordTruthFile, prefix);
    storage.grantWriteStore(recordTruthFile, `reports/${model.name}/`);
    new Rule(this, 'OnTruthDrop', {
      description: `A file dropped below ${prefix} is truth for ${model.name}`,
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [storage.incoming.bucketName] }, object: { key: [{ prefix }] } },
      },
      targets: [new LambdaFunction(recordTruthFile, { deadLetterQueue: deadLetters, retryAttempts: 10 })],
    });
  }

  #byItself(deadLetters: DeadLetterQueue): void {
    const { model, storage, engines } = this.#props;
    const deriveTruth = this.#function('DeriveTruth', {
      handler: 'derive-truth',
      layers: [engines.duckdb],
      memoryMb: 3008,
      storageMb: 4096,
      timeoutSeconds: 900,
      deadLetters,
    });
    storage.grantReadStore(deriveTruth, `datasets/${model.from.name}/`);
    new Rule(this, 'OnDatasetVersion', {
      eventBus: storage.bus,
      description: `A version of ${model.from.name} may tell what ${model.name} predicted`,
      eventPattern: {
        source: ['leeboard'],
        detailType: ['DatasetVersionCreated'],
        detail: { dataset: [model.from.name] },
      },
      targets: [new LambdaFunction(deriveTruth, { deadLetterQueue: deadLetters, retryAttempts: 10 })],
    });
  }

  /** A function that knows the model's spec and champion, and keeps truths. */
  #function(
    id: string,
    { variables, ...own }: Pick<LeeboardFunctionProps, 'handler'> & Partial<LeeboardFunctionProps>,
  ): LeeboardFunction {
    const { environment, model, spec, storage } = this.#props;
    const lambda = new LeeboardFunction(this, id, {
      environment,
      model: model.name,
      ...own,
      variables: {
        MODEL: model.name,
        STORE_BUCKET: storage.store.bucketName,
        REGISTRY_TABLE: storage.registry.tableName,
        ...spec.variables,
        ...variables,
      },
    });
    spec.grantRead(lambda);
    storage.grantReadRegistry(lambda);
    storage.grantReadStore(lambda, `models/${model.name}/versions/`);
    storage.grantLogKey(lambda, model.name);
    storage.grantWriteStore(lambda, `truth/${model.name}/`);
    return lambda;
  }
}
