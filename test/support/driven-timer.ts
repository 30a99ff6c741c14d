import type { Timer } from '#ports/timer.ts';

/** A clock that stands until it is moved. */
export class DrivenTimer implements Timer {
  #now = 0;
  readonly #planned = new Set<{ readonly at: number; readonly work: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, work: () => void): () => void {
    const plan = { at: this.#now + ms, work };
    this.#planned.add(plan);
    return () => this.#planned.delete(plan);
  }

  /** Lets so much time pass; whatever is due happens at its time, and what follows from it at once. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const [next] = [...this.#planned].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#planned.delete(next);
      this.#now = next.at;
      next.work();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets everything go on that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}
