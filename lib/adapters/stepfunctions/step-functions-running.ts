import { ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { RunningExecutions, SharedPipeline } from '#ports/running-executions.ts';

/** What runs in Step Functions. */
export class StepFunctionsRunning implements RunningExecutions {
  readonly #client: SFNClient;
  readonly #machines: Readonly<Record<SharedPipeline, string>>;

  /** @param machines ARN of each pipeline's state machine */
  constructor(client: SFNClient, machines: Readonly<Record<SharedPipeline, string>>) {
    this.#client = client;
    this.#machines = machines;
  }

  async count(pipeline: SharedPipeline): Promise<number> {
    const { executions = [] } = await this.#client.send(
      new ListExecutionsCommand({
        stateMachineArn: this.#machines[pipeline],
        statusFilter: 'RUNNING',
        maxResults: 1000,
      }),
    );
    return executions.length;
  }
}
