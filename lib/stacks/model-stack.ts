import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ModelSpec } from '#core/spec/model.ts';
import { ModelBatches } from '../constructs/model-batches.ts';
import { ModelMonitoring } from '../constructs/model-monitoring.ts';
import { ModelRetraining } from '../constructs/model-retraining.ts';
import { ModelRollout } from '../constructs/model-rollout.ts';
import { ModelServing } from '../constructs/model-serving.ts';
import { ModelTraining } from '../constructs/model-training.ts';
import { ModelTruth } from '../constructs/model-truth.ts';
import { SpecAsset } from '../constructs/spec-asset.ts';
import type { Environment } from './environment.ts';
import type { PlatformStack } from './platform-stack.ts';

export interface ModelStackProps extends StackProps {
  readonly environment: Environment;
  readonly model: ModelSpec;
  readonly platform: PlatformStack;
}

/** One model: its pipelines, its prediction route and log, its alarms and dashboard. */
export class ModelStack extends Stack {
  constructor(scope: Construct, id: string, { environment, model, platform, ...props }: ModelStackProps) {
    super(scope, id, { description: `Leeboard: model ${model.name}`, ...props });
    const { storage, engines, training, batches, api, notifications, rollouts, retraining } = platform;
    const spec = new SpecAsset(this, 'Spec', model);
    const trained = new ModelTraining(this, 'Training', { environment, model, spec, storage, training });
    const rollout = new ModelRollout(this, 'Rollout', { environment, model: model.name, storage, rollouts });
    const serving = new ModelServing(this, 'Serving', {
      environment,
      model: model.name,
      storage,
      engines,
      api,
    });
    new ModelTruth(this, 'Truth', { environment, model, spec, storage, engines, api });
    const batch = new ModelBatches(this, 'Batches', { environment, model: model.name, storage, batches });
    const retrained = new ModelRetraining(this, 'Retraining', {
      environment,
      model,
      spec,
      storage,
      retraining,
      training: trained.pipeline,
    });
    const monitoring = new ModelMonitoring(this, 'Monitoring', {
      environment,
      model,
      spec,
      storage,
      engines,
      serving,
      notifications,
      shared: platform.monitoring,
      pipelines: {
        'train-model': trained.pipeline,
        'deploy-model': rollout.pipeline,
        'score-batch': batch.pipeline,
        'retrain-model': retrained.pipeline,
      },
    });
    new CfnOutput(this, 'StateMachineTrainModel', { value: trained.pipeline.arn });
    new CfnOutput(this, 'StateMachineDeployModel', { value: rollout.pipeline.arn });
    new CfnOutput(this, 'StateMachineScoreBatch', { value: batch.pipeline.arn });
    new CfnOutput(this, 'StateMachineRetrainModel', { value: retrained.pipeline.arn });
    new CfnOutput(this, 'StateMachineMonitorModel', { value: monitoring.pipeline.arn });
    new CfnOutput(this, 'DriftAlarm', { value: monitoring.alarms.drift.alarmName });
  }
}
