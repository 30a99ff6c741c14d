import type { ServingRegistry } from '#ports/registry.ts';
import type { Timer } from '#ports/timer.ts';
import { Paced } from './paced.ts';

const EVERY_MS = 5000;

export interface UsageMeterOptions {
  readonly model: string;
  readonly registry: Pick<ServingRegistry, 'recordUsage'>;
  readonly timer: Timer;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A name of this instance that no other has. */
  readonly instance: string;
  /** Told of a usage that could not be recorded, as `UsageLost`. */
  readonly count: (model: string, counts: Readonly<Record<string, number>>) => void;
}

/** Tells the registry what this instance is doing, beside the requests and at most every five seconds. */
export class UsageMeter {
  readonly #timer: Timer;
  readonly #tell: Paced;
  #since: number;
  #requests = 0;
  #busyMs = 0;

  constructor({ model, registry, timer, now, instance, count }: UsageMeterOptions) {
    this.#timer = timer;
    this.#since = timer.now();
    this.#tell = new Paced(timer, EVERY_MS, async () => {
      const ended = timer.now();
      const usage = {
        instance,
        at: new Date(now()).toISOString(),
        seconds: (ended - this.#since) / 1000,
        requests: this.#requests,
        busySeconds: this.#busyMs / 1000,
      };
      [this.#since, this.#requests, this.#busyMs] = [ended, 0, 0];
      await registry.recordUsage(model, usage).catch(() => count(model, { UsageLost: 1 }));
      return { again: this.#requests > 0 };
    });
  }

  /** A request begins. @returns what its end calls */
  begin(): () => void {
    const began = this.#timer.now();
    return () => {
      this.#requests++;
      this.#busyMs += this.#timer.now() - began;
      this.#tell.ask();
    };
  }
}
