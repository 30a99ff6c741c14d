import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { PROJECT_ROOT } from '../project-root.ts';
import type { Environment } from '../stacks/environment.ts';
import { allow } from './grants.ts';
import { logGroup } from './log-group.ts';
import { physicalName } from './physical-name.ts';

export interface PipelineProps {
  readonly environment: Environment;
  /** File name below `statemachines/`, without `.asl.json`. */
  readonly definition: string;
  /** The model that has this pipeline to itself. @default - shared by all */
  readonly model?: string;
  /** State name -> function that the state calls; `${StateArn}` in the definition. */
  readonly functions: Readonly<Record<string, IFunction>>;
  readonly bus: IEventBus;
  /** Further placeholders of the definition. @default none */
  readonly values?: Readonly<Record<string, string>>;
}

/** One file of `statemachines/` as a Standard state machine that may call its functions and publish events. */
export class Pipeline extends Construct {
  readonly machine: StateMachine;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id);
    const { environment, definition, functions, bus } = props;
    const name = physicalName(environment, definition, { model: props.model, limit: 80 });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: name,
      definitionBody: DefinitionBody.fromString(
        readFileSync(join(PROJECT_ROOT, 'statemachines', `${definition}.asl.json`), 'utf8'),
      ),
      definitionSubstitutions: {
        BusName: bus.eventBusName,
        ...Object.fromEntries(
          Object.entries(functions).map(([state, lambda]) => [`${state}Arn`, lambda.functionArn]),
        ),
        ...props.values,
      },
      role: this.role,
      tracingEnabled: true,
      logs: {
        destination: logGroup(this, 'Log', environment, `/aws/vendedlogs/states/${name}`),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    const called = Object.values(functions).map((lambda) => lambda.functionArn);
    allow(this.role, ['lambda:InvokeFunction'], called);
    allow(this.role, ['events:PutEvents'], [bus.eventBusArn]);
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Log delivery, X-Ray and metrics have no resources: their actions take * only.',
    });
  }

  get arn(): string {
    return this.machine.stateMachineArn;
  }
}
