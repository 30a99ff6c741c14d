import type { Registry } from '#ports/registry.ts';

/** Instances are remembered for so long. */
const DAY = 86_400_000;

/** When each who may know saw the newest prediction, ISO 8601, UTC: the recorded windows, and instances that answered of late. */
export async function newestPredictions(
  registry: Pick<Registry, 'usage' | 'windows'>,
  model: string,
  asOf: string,
): Promise<(string | null)[]> {
  const since = new Date(Date.parse(asOf) - DAY).toISOString();
  const [usage, [window]] = await Promise.all([
    registry.usage(model, since),
    registry.windows(model, { limit: 1 }),
  ]);
  return [window?.newest ?? null, ...usage.filter(({ requests }) => requests > 0).map(({ at }) => at)];
}
