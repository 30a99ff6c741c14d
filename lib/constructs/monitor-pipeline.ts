import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ModelSpec } from '#core/spec/model.ts';
import { windowWork } from '#core/work.ts';
import type { Environment } from '../stacks/environment.ts';
import type { Engines } from './engines.ts';
import { allow } from './grants.ts';
import { LeeboardFunction, type LeeboardFunctionProps } from './leeboard-function.ts';
import { deliverySeconds } from './model-serving.ts';
import { physicalName } from './physical-name.ts';
import { Pipeline } from './pipeline.ts';
import type { SpecAsset } from './spec-asset.ts';
import type { Storage } from './storage.ts';

export interface MonitorPipelineProps {
  readonly environment: Environment;
  readonly model: ModelSpec;
  readonly spec: SpecAsset;
  readonly storage: Storage;
  readonly engines: Engines;
}

/** The model's own `monitor-model`: windows of its log, one after the other, large ones in parts, and what became of them. */
export function monitorPipeline(scope: Construct, props: MonitorPipelineProps): Pipeline {
  const { environment, model, storage, engines } = props;
  const { name } = model;
  const step = (id: string, handler: string, options: Partial<LeeboardFunctionProps> = {}) =>
    monitoringFunction(scope, id, handler, props, options);
  // About 100 MB of log unpacked, and its rows: two vCPUs' worth of memory.
  const counting = { memoryMb: 3538, timeoutSeconds: 900 };

  const windows = `reports/${name}/windows/`;
  const work = windowWork(name);

  const planWindows = step('PlanWindows', 'plan-windows', { memoryMb: 1024 });
  storage.grantListStore(planWindows);
  storage.grantReadModel(planWindows, name);
  storage.grantWriteStore(planWindows, work);

  const profilePart = step('ProfilePart', 'profile-part', counting);
  storage.grantReadStore(profilePart, `predictions/${name}/`, `models/${name}/`, work);
  storage.grantWriteStore(profilePart, work);

  const examineWindow = step('ExamineWindow', 'examine-window', { ...counting, layers: [engines.xgboost] });
  storage.grantReadStore(examineWindow, `predictions/${name}/`, `models/${name}/`, windows, work);
  storage.grantWriteStore(examineWindow, windows, `reports/${name}/drift/`);
  storage.grantRecordWindows(examineWindow, name);

  const joinTruth = step('JoinTruth', 'join-truth', { timeoutSeconds: 900 });
  const joined = ['predictions', 'truth', 'models'].map((what) => `${what}/${name}/`);
  storage.grantReadStore(joinTruth, ...joined, windows);
  storage.grantWriteStore(joinTruth, windows, `reports/${name}/truth/`);
  storage.grantRecordWindows(joinTruth, name);

  const pipeline = new Pipeline(scope, 'MonitorModel', {
    environment,
    definition: 'monitor-model',
    model: name,
    functions: {
      PlanWindows: planWindows,
      ProfilePart: profilePart,
      ExamineWindow: examineWindow,
      JoinTruth: joinTruth,
    },
    bus: storage.bus,
    values: { Model: name, StoreBucket: storage.store.bucketName },
  });
  allowMap(pipeline, props);
  pipeline.role.addToPolicy(
    new PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'], // the action has no resources; the namespace is what narrows it
      conditions: { StringEquals: { 'cloudwatch:namespace': 'Leeboard' } },
    }),
  );
  return pipeline;
}

/** A function that knows the model's spec. */
function monitoringFunction(
  scope: Construct,
  id: string,
  handler: string,
  { environment, model, spec, storage }: MonitorPipelineProps,
  options: Partial<LeeboardFunctionProps>,
): LeeboardFunction {
  const lambda = new LeeboardFunction(scope, id, {
    environment,
    handler,
    model: model.name,
    memoryMb: 2048,
    timeoutSeconds: 300,
    variables: {
      MODEL: model.name,
      STORE_BUCKET: storage.store.bucketName,
      REGISTRY_TABLE: storage.registry.tableName,
      DELIVERY_SECONDS: String(deliverySeconds(environment)),
      ...spec.variables,
    },
    ...options,
  });
  spec.grantRead(lambda);
  return lambda;
}

/** A Distributed Map reads its items itself, and runs each as an execution of the machine that it is in. */
function allowMap({ role }: Pipeline, { environment, model, storage }: MonitorPipelineProps): void {
  storage.grantReadStore(role, windowWork(model.name));
  const name = physicalName(environment, 'monitor-model', { model: model.name, limit: 80 });
  const states = `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  allow(role, ['states:StartExecution'], [`${states}:stateMachine:${name}`]);
  allow(
    role,
    ['states:DescribeExecution', 'states:StopExecution'],
    [`${states}:execution:${name}:*`, `${states}:execution:${name}/ProfileParts:*`],
    'Executions of the map have names that Step Functions makes.',
  );
}
