import { Construct } from 'constructs';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Environment } from '../stacks/environment.ts';
import { Pipeline } from './pipeline.ts';
import type { SpecAsset } from './spec-asset.ts';
import type { Storage } from './storage.ts';
import type { Training } from './training.ts';

export interface ModelTrainingProps {
  readonly environment: Environment;
  readonly model: ModelSpec;
  readonly spec: SpecAsset;
  readonly storage: Storage;
  readonly training: Training;
}

/** The model's own `train-model` pipeline: the shared steps with this model's spec. */
export class ModelTraining extends Construct {
  readonly pipeline: Pipeline;

  constructor(
    scope: Construct,
    id: string,
    { environment, model, spec, storage, training }: ModelTrainingProps,
  ) {
    super(scope, id);
    this.pipeline = new Pipeline(this, 'TrainModel', {
      environment,
      definition: 'train-model',
      model: model.name,
      functions: training.steps,
      bus: storage.bus,
      values: { Model: model.name, SpecBucket: spec.bucket, SpecKey: spec.key, SpecSha256: spec.sha256 },
    });
  }
}
