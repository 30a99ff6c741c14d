import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionStatus, SFN } from '@aws-sdk/client-sfn';
import { NotFoundError } from '#core/errors.ts';
import { RunFailedError } from './errors.ts';
import type { Outputs } from './outputs.ts';

export interface Execution {
  readonly arn: string;
  readonly status: ExecutionStatus;
  readonly output: unknown;
  readonly error?: string;
  /** Of a failed function: its error's own message. */
  readonly cause?: string;
}

/** The executions of a deployment's state machines. */
export class Executions {
  readonly #outputs: Outputs;
  readonly #stepFunctions: () => Promise<SFN>;

  constructor(outputs: Outputs, stepFunctions: () => Promise<SFN>) {
    this.#outputs = outputs;
    this.#stepFunctions = stepFunctions;
  }

  /** @returns the new execution's ARN */
  async start(stateMachine: string, input: object): Promise<string> {
    const stepFunctions = await this.#stepFunctions();
    const { executionArn } = await stepFunctions.startExecution({
      stateMachineArn: this.#machine(stateMachine),
      input: JSON.stringify(input),
    });
    return executionArn as string;
  }

  /** The ARN that an execution of that name has, whether or not it has begun. */
  arnOf(stateMachine: string, execution: string): string {
    return `${this.#machine(stateMachine).replace(':stateMachine:', ':execution:')}:${execution}`;
  }

  async exists(arn: string): Promise<boolean> {
    try {
      await this.describe(arn);
      return true;
    } catch (error) {
      if ((error as Error).name === 'ExecutionDoesNotExist') return false;
      throw error;
    }
  }

  async describe(arn: string): Promise<Execution> {
    const stepFunctions = await this.#stepFunctions();
    const found = await stepFunctions.describeExecution({ executionArn: arn });
    return {
      arn,
      status: found.status as ExecutionStatus,
      output: found.output ? JSON.parse(found.output) : undefined,
      ...(found.error && { error: found.error }),
      ...(found.cause && { cause: messageOf(found.cause) }),
    };
  }

  /** Waits for the end. @throws RunFailedError when it does not succeed */
  async finish<T>(arn: string, everyMs: number): Promise<T> {
    for (;;) {
      const found = await this.describe(arn);
      if (found.status === 'SUCCEEDED') return found.output as T;
      if (found.status !== 'RUNNING')
        throw new RunFailedError(`${found.error ?? found.status}: ${found.cause ?? arn}`);
      await sleep(everyMs);
    }
  }

  /** The states entered so far, in order. */
  async states(arn: string): Promise<{ state: string; enteredAt: string }[]> {
    const stepFunctions = await this.#stepFunctions();
    const entered: { state: string; enteredAt: string }[] = [];
    let nextToken: string | undefined;
    do {
      const page = await stepFunctions.getExecutionHistory({
        executionArn: arn,
        maxResults: 1000,
        includeExecutionData: false,
        nextToken,
      });
      for (const { stateEnteredEventDetails: details, timestamp } of page.events ?? []) {
        if (details?.name) entered.push({ state: details.name, enteredAt: timestamp?.toISOString() ?? '' });
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return entered;
  }

  /** The newest ones of a state machine. */
  async list(
    stateMachine: string,
    limit: number,
    status?: ExecutionStatus,
  ): Promise<{ name: string; status: string; startedAt: string }[]> {
    const stepFunctions = await this.#stepFunctions();
    const { executions = [] } = await stepFunctions.listExecutions({
      stateMachineArn: this.#machine(stateMachine),
      maxResults: limit,
      ...(status && { statusFilter: status }),
    });
    return executions.map(({ name, status, startDate }) => ({
      name: name ?? '',
      status: status ?? '',
      startedAt: startDate?.toISOString() ?? '',
    }));
  }

  #machine(name: string): string {
    const arn = this.#outputs.stateMachines[name];
    if (!arn) throw new NotFoundError(`no state machine ${name} is deployed`);
    return arn;
  }
}

/** Lambda's Cause is JSON with the error's own message in it. */
function messageOf(cause: string): string {
  try {
    return String((JSON.parse(cause) as { errorMessage?: string }).errorMessage ?? cause);
  } catch {
    return cause;
  }
}
