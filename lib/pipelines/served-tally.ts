import { addCounts } from '#core/registry/served-counts.ts';
import type { RolloutCounts, ServedCounts } from '#core/registry/serving-records.ts';
import { countError } from '#core/serve/count-served.ts';
import type { ServingRegistry, StageName } from '#ports/registry.ts';
import type { Timer } from '#ports/timer.ts';
import { Paced } from './paced.ts';

/** Counts are handed over at most so often. */
const EVERY_MS = 1000;

interface Pending {
  readonly stage: StageName;
  readonly role: keyof RolloutCounts;
  readonly counts: ServedCounts;
}

/**
 * Adds up what an instance served in the stages of rollouts, and hands it to the registry beside the requests, at most
 * once a second. An instance that sleeps between requests, as on Lambda, hands over what was left with its next request,
 * and never when there is none. What the registry does not take is kept for the next time; when it took it and could
 * not say so, it is counted twice.
 */
export class ServedTally {
  readonly #model: string;
  readonly #registry: Pick<ServingRegistry, 'addServed'>;
  readonly #flush: Paced;
  readonly #pending = new Map<string, Pending>();
  /** Reasons that were told of in the newest stage. */
  #told = { stage: '', reasons: new Set<string>() };

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

  /** Counts a request that a version could not answer, and names the error: each once a stage. Messages may hold values of rows. */
  addError(stage: StageName, role: keyof RolloutCounts, error: unknown): void {
    const cause = error instanceof Error ? error.name : typeof error;
    const { rollout, stageIndex } = stage;
    const name = `${rollout} ${stageIndex}`;
    if (this.#told.stage !== name) this.#told = { stage: name, reasons: new Set() };
    const reason = `${role} ${cause}`;
    if (!this.#told.reasons.has(reason)) {
      this.#told.reasons.add(reason);
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
