import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ReplayRequest } from '#core/replay/replay-request.ts';
import type { KnownReplay, ReplayExecutions } from '#ports/replay-executions.ts';

/** Replays as executions of one state machine; an execution's name is the replay's id. */
export class StepFunctionsReplays implements ReplayExecutions {
  readonly #client: SFNClient;
  readonly #machineArn: string;

  constructor(client: SFNClient, machineArn: string) {
    this.#client = client;
    this.#machineArn = machineArn;
  }

  async start(replayId: string, request: ReplayRequest): Promise<void> {
    const input = JSON.stringify(request);
    await this.#client.send(
      new StartExecutionCommand({ stateMachineArn: this.#machineArn, name: replayId, input }),
    );
  }

  async find(replayId: string): Promise<KnownReplay | undefined> {
    const executionArn = `${this.#machineArn.replace(':stateMachine:', ':execution:')}:${replayId}`;
    try {
      const { status, input, error, cause } = await this.#client.send(
        new DescribeExecutionCommand({ executionArn }),
      );
      const request = JSON.parse(input ?? '{}') as ReplayRequest;
      if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return { state: 'running', request };
      if (status === 'SUCCEEDED') return { state: 'succeeded', request };
      return {
        state: 'failed',
        request,
        error: { name: error ?? String(status), ...(cause !== undefined && { cause }) },
      };
    } catch (error) {
      if ((error as Error).name === 'ExecutionDoesNotExist') return undefined;
      throw error;
    }
  }
}
