/** A monotonic clock, and what happens by it. */
export interface Timer {
  /** Milliseconds since some start. */
  now(): number;
  /** Does `work` once, so many milliseconds from now. @returns what calls it off */
  after(ms: number, work: () => void): () => void;
}

/** Whether the promise is fulfilled within so many milliseconds; one that is rejected is not. */
export function fulfilledWithin(timer: Timer, promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((done) => {
    const cancel = timer.after(ms, () => done(false));
    const settle = (fulfilled: boolean) => {
      cancel();
      done(fulfilled);
    };
    promise.then(
      () => settle(true),
      () => settle(false),
    );
  });
}
