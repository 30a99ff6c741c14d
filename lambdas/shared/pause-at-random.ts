import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 50;

/** Those who were late come again one by one: at random, and longer each time. */
export const pauseAtRandom = (attempt: number): Promise<void> =>
  sleep(Math.random() * Math.min(attempt, 10) * PAUSE_MS);
