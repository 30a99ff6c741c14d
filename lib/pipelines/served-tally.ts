import { InvalidInputError } from '#core/errors.ts';
import { addCounts } from '#core/registry/served-counts.ts';
import type { RolloutCounts, ServedCounts } from '#core/registry/serving-records.ts';
import { countError } from '#core/serve/count-served.ts';
import type { ServingRegistry, StageName } from '#ports/registry.ts';
import type { Timer } from '#ports/timer.ts';
import { Paced } from './paced.ts';

/** A rollout is judged by counts that are at most so much late. */
const EVERY_MS = 1000;

interface Pending {
  readonly stage: StageName;
  readonly role: keyof RolloutCounts;
  readonly counts: ServedCounts;
}

/**
 * Adds up what an instance served in the stages of rollouts, and hands it to the registry beside the requests, at most
 * once a second. What the registry does not take is kept for the next time; when it took it and could not say so, it
 * is counted twice.
 */
export class ServedTally {
  readonly #model: string;
  readonly #registry: Pick<ServingRegistry, 'addServed'>;
  readonly #flush: Paced;
  readonly #pending = new Map<string, Pending>();
  readonly #told = new Set<string>();

  constructor(model: string, registry: Pick<ServingRegistry, 'addServed'>, timer: Timer) {
    this.#model = model;
    this.#registry = registry;
    this.#flush = new Paced(timer, EVERY_MS, async () => {
      const taken = [...this.#pending.values()];
      this.#pending.clear();
      await Promise.all(taken.map((pending) => this.#hand(pending)));
      return { again: this.#pending.size > 0 };
    });
  }

  add(stage: StageName, role: keyof RolloutCounts, counts: ServedCounts): void {
    this.#keep({ stage, role, counts });
    this.#flush.ask();
  }

  /** Counts a request that a version could not answer, and says why: each reason once a stage, and no values of rows. */
  addError(stage: StageName, role: keyof RolloutCounts, error: unknown): void {
    const cause = error instanceof InvalidInputError ? error.name : String(error);
    const { rollout, stageIndex } = stage;
    const told = `${rollout} ${stageIndex} ${role} ${cause}`;
    if (!this.#told.has(told)) {
      this.#told.add(told);
      const message = `the ${role} of a rollout could not answer`;
      console.warn(
        JSON.stringify({ level: 'WARN', message, model: this.#model, rollout, stageIndex, cause }),
      );
    }
    this.add(stage, role, countError());
  }

  #keep({ stage, role, counts }: Pending): void {
    const key = `${stage.rollout} ${stage.stageIndex} ${role}`;
    const before = this.#pending.get(key)?.counts;
    this.#pending.set(key, { stage, role, counts: before ? addCounts(before, counts) : counts });
  }

  async #hand(pending: Pending): Promise<void> {
    const { stage, role, counts } = pending;
    try {
      await this.#registry.addServed(this.#model, stage, { [role]: counts });
    } catch {
      this.#keep(pending);
    }
  }
}
