import { NotFoundError } from '#core/errors.ts';
import type { KnownExecution, TrainingExecutions } from '#ports/executions.ts';

interface Kept extends KnownExecution {
  readonly input: object;
}

/** Step Functions in memory, with the promises of the port: what runs until somebody says that it ended. */
export class MemoryExecutions implements TrainingExecutions {
  readonly #kept = new Map<string, Kept>();
  readonly #begin: (execution: string, input: object) => void;

  /** @param begin called for each execution that is started */
  constructor(begin: (execution: string, input: object) => void = () => {}) {
    this.#begin = begin;
  }

  async find(model: string, execution: string): Promise<KnownExecution | undefined> {
    return this.#kept.get(`${model}/${execution}`);
  }

  async start(
    model: string,
    { execution, input }: { readonly execution: string; readonly input: object },
  ): Promise<boolean> {
    if (model.startsWith('undeployed')) throw new NotFoundError(`no model named "${model}" is deployed`);
    const used = this.#kept.get(`${model}/${execution}`);
    if (used) return used.state === 'running' && JSON.stringify(used.input) === JSON.stringify(input);
    const { by = 'unknown' } = input as { by?: string };
    this.#kept.set(`${model}/${execution}`, {
      state: 'running',
      startedAt: '2026-01-01T00:00:00.000Z',
      by,
      input,
    });
    this.#begin(execution, input);
    return true;
  }

  async stop(model: string, execution: string): Promise<void> {
    this.end(model, execution);
  }

  end(model: string, execution: string, error?: string): void {
    const kept = this.#kept.get(`${model}/${execution}`);
    if (kept) this.#kept.set(`${model}/${execution}`, { ...kept, state: 'ended', ...(error && { error }) });
  }

  /** Names of what runs now. */
  running(model: string): string[] {
    return this.#names(model, ({ state }) => state === 'running');
  }

  inputOf(model: string, execution: string): object | undefined {
    return this.#kept.get(`${model}/${execution}`)?.input;
  }

  #names(model: string, wanted: (kept: Kept) => boolean): string[] {
    return [...this.#kept]
      .filter(([key, kept]) => key.startsWith(`${model}/`) && wanted(kept))
      .map(([key]) => key.slice(model.length + 1));
  }
}
