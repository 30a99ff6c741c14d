const PAUSE_MS = 50;

/** Those who were late come again one by one: at random, and longer each time. */
export const pauseAtRandom = (attempt: number): Promise<void> =>
  new Promise((resume) => setTimeout(resume, Math.random() * Math.min(attempt, 10) * PAUSE_MS));
