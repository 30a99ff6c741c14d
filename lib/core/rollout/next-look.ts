/** Looks a stage. */
const LOOKS = 100;
/** A wait is a 25th of the time that a stage has been held. */
const HELD_LOOKS = 25;
const SHORTEST_WAIT = 5;
const LONGEST_WAIT = 300;

/**
 * Whole seconds until the next look: a hundredth of the stage, 5 s to 5 min, divided by `pace`; no longer than the
 * stage lasts. 7 days are at most 2,016 looks of 9 events each, an execution's history takes 25,000. A stage that is
 * over and held by a freeze is looked at after a twenty-fifth of the time that it has been held.
 * @param left seconds until the stage is over, in real time; negative once it is
 */
export function secondsToNextLook(stageSeconds: number, left: number, pace: number): number {
  const look = Math.min(Math.max(stageSeconds / LOOKS, SHORTEST_WAIT), LONGEST_WAIT) / pace;
  const wait = left > 0 ? Math.min(look, left) : Math.max(look, -left / HELD_LOOKS);
  return Math.max(1, Math.ceil(wait));
}
