import type { Timer } from '#ports/timer.ts';

/** Work beside the requests, done at most once in a time and one at a time: at once, or when it is time again. */
export class Paced {
  readonly #timer: Timer;
  readonly #everyMs: number;
  readonly #work: () => Promise<{ readonly again: boolean }>;
  #lastAt = Number.NEGATIVE_INFINITY;
  #busy = false;

  /** @param work must not fail; `again` asks for another turn */
  constructor(timer: Timer, everyMs: number, work: () => Promise<{ readonly again: boolean }>) {
    this.#timer = timer;
    this.#everyMs = everyMs;
    this.#work = work;
  }

  ask(): void {
    if (this.#busy) return;
    this.#busy = true;
    const wait = this.#lastAt + this.#everyMs - this.#timer.now();
    if (wait <= 0) void this.#turn();
    else this.#timer.after(wait, () => void this.#turn());
  }

  async #turn(): Promise<void> {
    this.#lastAt = this.#timer.now();
    const { again } = await this.#work();
    this.#busy = false;
    if (again) this.ask();
  }
}
