import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DatasetSpec } from '#core/spec/dataset.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { Api } from '../constructs/api.ts';
import { Approvals } from '../constructs/approvals.ts';
import { Batches } from '../constructs/batches.ts';
import { Engines } from '../constructs/engines.ts';
import { Ingestion } from '../constructs/ingestion.ts';
import { Monitoring } from '../constructs/monitoring.ts';
import { Notifications } from '../constructs/notifications.ts';
import { PlatformDashboard } from '../constructs/platform-dashboard.ts';
import { Replay } from '../constructs/replay.ts';
import { Retraining } from '../constructs/retraining.ts';
import { Rollouts } from '../constructs/rollouts.ts';
import { SpecAsset } from '../constructs/spec-asset.ts';
import { Status } from '../constructs/status.ts';
import { Storage } from '../constructs/storage.ts';
import { Training } from '../constructs/training.ts';
import type { Environment } from './environment.ts';

export interface PlatformStackProps extends StackProps {
  readonly environment: Environment;
  readonly datasets: readonly DatasetSpec[];
  /** For the dashboard alone: their stacks come after this one. */
  readonly models: readonly ModelSpec[];
  /** What the functions were built from; recorded in every manifest. */
  readonly codeVersion: string;
}

/** Everything that models share: storage, ingestion, the steps of training, the API, notifications. */
export class PlatformStack extends Stack {
  readonly storage: Storage;
  readonly engines: Engines;
  readonly training: Training;
  readonly api: Api;
  readonly batches: Batches;
  readonly notifications: Notifications;
  readonly rollouts: Rollouts;
  readonly retraining: Retraining;
  readonly monitoring: Monitoring;

  constructor(
    scope: Construct,
    id: string,
    { environment, datasets, models, codeVersion, ...props }: PlatformStackProps,
  ) {
    super(scope, id, { description: 'Leeboard: storage, ingestion, training steps, API', ...props });
    this.storage = new Storage(this, 'Storage', { environment });
    this.engines = new Engines(this, 'Engines', environment);
    const shared = { environment, storage: this.storage, engines: this.engines, codeVersion };
    const ingestion = new Ingestion(this, 'Ingestion', {
      ...shared,
      datasets: new SpecAsset(this, 'Datasets', datasets),
    });
    this.training = new Training(this, 'Training', shared);
    this.api = new Api(this, 'Api', shared);
    const replay = new Replay(this, 'Replay', { ...shared, api: this.api });
    new Status(this, 'Status', {
      ...shared,
      api: this.api,
      ingestion: ingestion.pipeline,
      replay: replay.pipeline,
    });
    this.batches = new Batches(this, 'Batches', { ...shared, api: this.api });
    this.notifications = new Notifications(this, 'Notifications', {
      environment,
      storage: this.storage,
    });
    this.rollouts = new Rollouts(this, 'Rollouts', {
      environment,
      storage: this.storage,
      notifications: this.notifications,
    });
    this.retraining = new Retraining(this, 'Retraining', { ...shared, notifications: this.notifications });
    this.monitoring = new Monitoring(this, 'Monitoring', environment);
    new Approvals(this, 'Approvals', {
      environment,
      storage: this.storage,
      notifications: this.notifications,
      api: this.api,
    });
    new PlatformDashboard(this, 'Overview', {
      environment,
      models,
      pipelines: { 'ingest-dataset': ingestion.pipeline, 'replay-predictions': replay.pipeline },
    });

    new CfnOutput(this, 'ApiUrl', { value: this.api.http.apiEndpoint });
    new CfnOutput(this, 'ApiId', { value: this.api.http.apiId });
    new CfnOutput(this, 'IncomingBucket', { value: this.storage.incoming.bucketName });
    new CfnOutput(this, 'StoreBucket', { value: this.storage.store.bucketName });
    new CfnOutput(this, 'RegistryTable', { value: this.storage.registry.tableName });
    new CfnOutput(this, 'BusName', { value: this.storage.bus.eventBusName });
    new CfnOutput(this, 'AlarmTopic', { value: this.notifications.topic.topicArn });
    new CfnOutput(this, 'StateMachineIngestDataset', { value: ingestion.pipeline.arn });
    new CfnOutput(this, 'StateMachineReplayPredictions', { value: replay.pipeline.arn });
    for (const [index, { name }] of datasets.entries()) {
      new CfnOutput(this, `Dataset${index + 1}`, { value: name });
    }
  }
}
