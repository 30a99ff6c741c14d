import { z } from 'zod';
import { SetUpError } from './set-up-error.ts';

const Answer = z.object({
  at: z.iso.datetime().transform((at) => new Date(at)),
  nodeOptions: z.string(),
});
const Refusal = z.object({ message: z.string() });

/** The clock of an emulator that was started with one: `emulator/clock.py`. */
export interface DrivenClock {
  /** What time it is there. */
  now(): Promise<Date>;
  /**
   * Goes on from `moment` (ISO 8601 with its zone), forward or back. When it returns, the emulator and its functions
   * have that time; schedules and Wait states that have become due run within ten seconds, each once.
   * @throws SetUpError when it is not a moment
   */
  moveTo(moment: string): Promise<Date>;
  /** NODE_OPTIONS with which a Node process outside, such as the command line, has this clock, too. */
  nodeOptions(): Promise<string>;
}

/** Drives the clock of the emulator at this address. */
export function drivenClock(endpoint: string): DrivenClock {
  const ask = async (init?: RequestInit) => {
    const answer = await fetch(`${endpoint}/_leeboard/clock`, init);
    const body: unknown = await answer.json();
    if (!answer.ok) throw new SetUpError(`the clock of ${endpoint}: ${Refusal.parse(body).message}`);
    return Answer.parse(body);
  };
  return {
    now: async () => (await ask()).at,
    moveTo: async (moment) => (await ask({ method: 'POST', body: JSON.stringify({ at: moment }) })).at,
    nodeOptions: async () => (await ask()).nodeOptions,
  };
}
