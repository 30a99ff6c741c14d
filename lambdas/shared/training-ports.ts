import { SFNClient } from '@aws-sdk/client-sfn';
import { StepFunctionsExecutions } from '#adapters/stepfunctions/step-functions-executions.ts';
import type { Ports } from '#lib/pipelines/lease-training.ts';
import { once, registry, variable } from './resources.ts';

const executions = once(
  () => new StepFunctionsExecutions(new SFNClient({}), variable('ENVIRONMENT'), variable('STATES_ARN')),
);

/** The models' leases and runs, and their executions. */
export const trainingPorts = (): Ports => ({ registry: registry(), executions: executions() });
