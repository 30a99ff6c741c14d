import type { Timer } from '#ports/timer.ts';

/** Node's own clock and timers. */
export const nodeTimer: Timer = {
  now: () => performance.now(),
  after(ms, work) {
    const timeout = setTimeout(work, ms);
    return () => clearTimeout(timeout);
  },
};
