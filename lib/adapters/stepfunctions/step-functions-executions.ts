import {
  DescribeExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { NotFoundError, showValue } from '#core/errors.ts';
import { resourceName } from '#core/spec/resource-name.ts';
import type { KnownExecution, ModelExecutions } from '#ports/executions.ts';
import { sha256 } from '../hash.ts';
import { ONCE, tellUnreachable } from '../reaching.ts';

/** Step Functions' limit for a state machine's name; the construct that names it has the same. */
const MAX_NAME = 80;

/** Executions in Step Functions. A model's state machine is known by its name. */
export class StepFunctionsExecutions implements ModelExecutions {
  readonly #client: SFNClient;
  readonly #environment: string;
  readonly #arnPrefix: string;
  readonly #pipeline: string;

  /**
   * @param environment its name
   * @param arnPrefix `arn:aws:states:<region>:<account>`
   * @param pipeline the file name of its definition
   */
  constructor(client: SFNClient, environment: string, arnPrefix: string, pipeline = 'train-model') {
    client.middlewareStack.add(tellUnreachable, ONCE);
    this.#client = client;
    this.#environment = environment;
    this.#arnPrefix = arnPrefix;
    this.#pipeline = pipeline;
  }

  async find(model: string, execution: string): Promise<KnownExecution | undefined> {
    try {
      const { status, startDate, input, error } = await this.#client.send(
        new DescribeExecutionCommand({ executionArn: this.#execution(model, execution) }),
      );
      return {
        state: status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'running' : 'ended',
        startedAt: (startDate as Date).toISOString(),
        by: (JSON.parse(input ?? '{}') as { by?: string }).by ?? 'unknown',
        ...(error && { error }),
      };
    } catch (error) {
      if ((error as Error).name === 'ExecutionDoesNotExist') return undefined;
      throw error;
    }
  }

  async start(
    model: string,
    { execution, input }: { readonly execution: string; readonly input: object },
  ): Promise<boolean> {
    const stateMachineArn = `${this.#arnPrefix}:stateMachine:${this.#machine(model)}`;
    try {
      await this.#client.send(
        new StartExecutionCommand({ stateMachineArn, name: execution, input: JSON.stringify(input) }),
      );
      return true;
    } catch (error) {
      const { name } = error as Error;
      if (name === 'StateMachineDoesNotExist')
        throw new NotFoundError(`no model named ${showValue(model)} is deployed`);
      if (name === 'ExecutionAlreadyExists') return false;
      throw error;
    }
  }

  async stop(model: string, execution: string, cause: string): Promise<void> {
    try {
      await this.#client.send(
        new StopExecutionCommand({ executionArn: this.#execution(model, execution), cause }),
      );
    } catch (error) {
      if ((await this.find(model, execution))?.state === 'running') throw error;
    }
  }

  #execution(model: string, execution: string): string {
    return `${this.#arnPrefix}:execution:${this.#machine(model)}:${execution}`;
  }

  #machine(model: string): string {
    return resourceName(this.#environment, this.#pipeline, { model, limit: MAX_NAME, sha256 });
  }
}
