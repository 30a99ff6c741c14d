/**
 * Seconds since the newest prediction that anybody knows of: `SecondsWithoutPrediction`.
 * @param newest when each who may know saw the newest, ISO 8601, UTC; null: saw none
 * @param now epoch milliseconds
 * @returns null when the model was never asked; 0 where clocks disagree
 */
export function secondsWithoutPrediction(newest: readonly (string | null)[], now: number): number | null {
  const seen = newest.flatMap((at) => (at === null ? [] : [Date.parse(at)]));
  return seen.length === 0 ? null : Math.max(0, (now - Math.max(...seen)) / 1000);
}
