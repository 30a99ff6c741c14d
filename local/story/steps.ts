/** One told step and how long it took. */
export interface Step {
  readonly name: string;
  readonly seconds: number;
}

/** Tells a story step by step on standard output, and remembers the seconds. */
export class Storyteller {
  readonly steps: Step[] = [];
  readonly #start = performance.now();

  /** Seconds since the story began. */
  get seconds(): number {
    return round((performance.now() - this.#start) / 1000);
  }

  /**
   * Does one step. @param tell what to say of its result
   * @throws what `work` throws: a step that does not hold ends the story
   */
  async step<T>(name: string, work: () => Promise<T>, tell: (result: T) => string): Promise<T> {
    const start = performance.now();
    const result = await work();
    const seconds = round((performance.now() - start) / 1000);
    this.steps.push({ name, seconds });
    console.log(`  ${name.padEnd(26)} ${tell(result)}  (${seconds.toFixed(1)} s)`);
    return result;
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

/** Nearest-rank percentile of durations in milliseconds, two decimals. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round((sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN) * 100) / 100;
}
