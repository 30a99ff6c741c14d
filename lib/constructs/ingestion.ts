import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { Engines } from './engines.ts';
import { allow } from './grants.ts';
import { LeeboardFunction } from './leeboard-function.ts';
import { Pipeline } from './pipeline.ts';
import type { SpecAsset } from './spec-asset.ts';
import type { Storage } from './storage.ts';

export interface IngestionProps {
  readonly environment: Environment;
  readonly storage: Storage;
  readonly engines: Engines;
  /** The specs of all datasets, one JSON array. */
  readonly datasets: SpecAsset;
  readonly codeVersion: string;
}

/** A drop becomes a dataset version, or a quarantined file with a report. */
export class Ingestion extends Construct {
  readonly pipeline: Pipeline;

  constructor(
    scope: Construct,
    id: string,
    { environment, storage, engines, datasets, codeVersion }: IngestionProps,
  ) {
    super(scope, id);
    const variables = {
      STORE_BUCKET: storage.store.bucketName,
      INCOMING_BUCKET: storage.incoming.bucketName,
      REGISTRY_TABLE: storage.registry.tableName,
      CODE_VERSION: codeVersion,
      ...datasets.variables,
    };
    const validateFile = new LeeboardFunction(this, 'ValidateFile', {
      environment,
      handler: 'validate-file',
      layers: [engines.duckdb],
      memoryMb: 3008,
      storageMb: 4096,
      timeoutSeconds: 300,
      variables,
    });
    const commitVersion = new LeeboardFunction(this, 'CommitVersion', {
      environment,
      handler: 'commit-version',
      variables,
    });
    const quarantineFile = new LeeboardFunction(this, 'QuarantineFile', {
      environment,
      handler: 'quarantine-file',
      storageMb: 4096,
      timeoutSeconds: 120,
      variables,
    });
    for (const reader of [validateFile, quarantineFile]) storage.grantReadIncoming(reader);
    for (const reader of [validateFile, commitVersion]) {
      datasets.grantRead(reader);
      storage.grantReadStore(reader, 'datasets/');
      storage.grantWriteStore(reader, 'datasets/');
    }
    storage.grantReadRegistry(validateFile);
    storage.grantWriteRegistry(commitVersion);
    storage.grantWriteStore(quarantineFile, 'quarantine/');
    storage.grantWriteRegistry(quarantineFile);

    this.pipeline = new Pipeline(this, 'IngestDataset', {
      environment,
      definition: 'ingest-dataset',
      functions: { ValidateFile: validateFile, CommitVersion: commitVersion, QuarantineFile: quarantineFile },
      bus: storage.bus,
    });
    this.#startOnDrop(environment, storage);
  }

  #startOnDrop(environment: Environment, storage: Storage): void {
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters');
    const startIngest = new LeeboardFunction(this, 'StartIngest', {
      environment,
      handler: 'start-ingest',
      variables: { STATE_MACHINE: this.pipeline.arn },
      deadLetters,
    });
    allow(startIngest, ['states:StartExecution'], [this.pipeline.arn]);
    new Rule(this, 'OnDrop', {
      description: 'A file dropped below incoming/ starts its ingestion',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [storage.incoming.bucketName] },
          object: { key: [{ prefix: 'incoming/' }] },
        },
      },
      targets: [new LambdaFunction(startIngest, { deadLetterQueue: deadLetters, retryAttempts: 10 })],
    });
  }
}
