/** One piece of news to one target. */
export interface Delivery {
  /** `topic`, or the parameter of a webhook. */
  readonly target: string;
  /** Id of the notification. */
  readonly id: string;
}

/** Remembers for 14 days what was delivered, so that nobody is told twice. Instants are epoch milliseconds. */
export interface Deliveries {
  /**
   * Takes a delivery, for 45 seconds: whoever took it and died leaves it to the next.
   * @returns whether it is ours to do; not, when it was done
   * @throws ConflictError when another is at it
   */
  claim(delivery: Delivery, now: number): Promise<boolean>;
  /** It was delivered. */
  record(delivery: Delivery, now: number): Promise<void>;
  /** It failed: the next may try at once. */
  release(delivery: Delivery, now: number): Promise<void>;
}
