import { SFNClient } from '@aws-sdk/client-sfn';
import { StepFunctionsExecutions } from '#adapters/stepfunctions/step-functions-executions.ts';
import type { BatchPorts } from '#lib/pipelines/control-batches.ts';
import { once, registry, store, variable } from './resources.ts';

const executions = once(
  () =>
    new StepFunctionsExecutions(
      new SFNClient({}),
      variable('ENVIRONMENT'),
      variable('STATES_ARN'),
      'score-batch',
    ),
);

/** The models' batches, what they read and write, and their executions. */
export const batchPorts = (): BatchPorts => ({
  registry: registry(),
  store: store(),
  executions: executions(),
});
