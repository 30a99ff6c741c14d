import type { Run } from '#core/registry/records.ts';
import { finishTraining, type Leased, leaseTraining, type Ports } from '#lib/pipelines/lease-training.ts';
import type { TrainingExecutions } from '#ports/executions.ts';
import type { ModelRegistry } from '#ports/registry.ts';
import { MemoryExecutions } from './memory-executions.ts';

export const AT = '2026-01-01T00:00:00.000Z';

interface Input {
  readonly by?: string;
  readonly reason?: string;
  readonly asOf?: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly resume?: string;
  readonly token?: number;
}

/** What the `train-model` state machine does around a training: asks for the lease, trains, records, ends. */
export class TrainingMachine {
  readonly executions: MemoryExecutions;
  readonly #registry: ModelRegistry;
  readonly #model: string;
  readonly #work: Promise<void>[] = [];
  #training = 0;
  /** Most trainings at one time. */
  most = 0;

  constructor(registry: ModelRegistry, model: string) {
    this.#registry = registry;
    this.#model = model;
    this.executions = new MemoryExecutions((execution, input) => {
      this.#work.push(this.#run(execution, input));
    });
  }

  get ports(): Ports {
    return { registry: this.#registry, executions: this.executions };
  }

  /** Starts executions at once, and waits for them and all that they start. */
  async runAll(inputs: Readonly<Record<string, Input>>): Promise<void> {
    for (const [execution, input] of Object.entries(inputs)) {
      await this.executions.start(this.#model, { execution, input });
    }
    while (this.#work.length > 0) await this.#work.shift();
  }

  async #run(execution: string, input: Input): Promise<void> {
    const leased = await ask(this.ports, this.#model, execution, input);
    if (leased.status === 'acquired') {
      this.most = Math.max(this.most, ++this.#training);
      await new Promise(setImmediate);
      const { token } = leased.run;
      await this.#registry.recordRun({ ...leased.run, status: 'succeeded' }, { model: this.#model, token });
      this.#training--;
      await finishTraining(this.ports, this.#model, { execution, token });
    }
    this.executions.end(this.#model, execution);
  }
}

/** An execution asks for the lease with what its input says. */
export function ask(
  ports: { readonly registry: ModelRegistry; readonly executions: TrainingExecutions },
  model: string,
  execution: string,
  { token, by = 'anna', reason = 'new data', ...input }: Input = {},
): Promise<Leased> {
  return leaseTraining(ports, {
    model,
    request: { ...input, by, reason, at: AT, execution },
    calledWith: token,
    asOf: AT,
    specHash: 'spec',
    codeVersion: 'code',
  });
}

/** Executions whose requests a run trained for. */
export const requestersOf = ({ requests = [] }: Run): string[] => requests.map(({ execution }) => execution);
