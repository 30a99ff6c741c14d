import { Aws } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Environment } from '../stacks/environment.ts';
import { allow } from './grants.ts';
import { physicalName } from './physical-name.ts';

const STATES_ARN = `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}`;

/** What a function needs to know, beside its environment, to find any model's state machines. */
export const MACHINE_VARIABLES = { STATES_ARN };

type ExecutionAction = 'states:StartExecution' | 'states:StopExecution' | 'states:DescribeExecution';

/** `allowExecutions` of `train-model`. */
export function allowTrainingExecutions(
  grantee: IGrantable,
  environment: Environment,
  actions: readonly ExecutionAction[],
): void {
  allowExecutions(grantee, environment, 'train-model', actions);
}

/** Lets `grantee` do this with executions of the models' state machines of one pipeline, and with no others. */
export function allowExecutions(
  grantee: IGrantable,
  environment: Environment,
  pipeline: string,
  actions: readonly ExecutionAction[],
): void {
  const machines = physicalName(environment, pipeline, { model: '*' });
  const why =
    'Models come after the functions that they share; the pattern fits this pipeline of theirs alone.';
  const [starts, others] = [actions.filter(isStart), actions.filter((action) => !isStart(action))];
  if (starts.length > 0) allow(grantee, starts, [`${STATES_ARN}:stateMachine:${machines}`], why);
  if (others.length > 0) allow(grantee, others, [`${STATES_ARN}:execution:${machines}:*`], why);
}

const isStart = (action: string) => action === 'states:StartExecution';

/** The ARN of a model's `deploy-model` state machine, which may not exist yet. */
export function deployModelArn(environment: Environment, model: string): string {
  return `${STATES_ARN}:stateMachine:${physicalName(environment, 'deploy-model', { model, limit: 80 })}`;
}
