/** Where time comes from; only handlers hold one. */
export interface Clock {
  /** ISO 8601 in UTC with milliseconds. */
  now(): string;
}
