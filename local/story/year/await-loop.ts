import type { Decision, DecisionStatus } from '#core/retrain/records.ts';
import { until } from '../flights-story.ts';
import { MODELS } from './ask-models.ts';
import type { DecisionFigures } from './figures.ts';
import type { World } from './start-world.ts';

const CARRIED: readonly DecisionStatus[] = ['judging', 'training', 'approval', 'rollout'];
const ALL = 1000;
/** Judging and training take minutes on a busy machine. */
const PATIENCE_MS = 1_800_000;

/** Waits until the loop has taken in the new data, and nothing that it decided is being carried out. */
export async function awaitLoop(world: World, flightsVersion: number): Promise<void> {
  const cause = `data:flights@${flightsVersion}`;
  await until(
    `the loop to decide on flights@${flightsVersion}`,
    async () => {
      const decisions = await decisionsOf(world);
      const isTaken = decisions.some(({ triggers }) => triggers.some(({ id }) => id === cause));
      return isTaken && isIdle(decisions);
    },
    PATIENCE_MS,
  );
}

/** Waits until nothing that the loop decided is being carried out: the clock is moved while nothing runs. */
export async function awaitIdle(world: World): Promise<void> {
  await until('the loop to be idle', async () => isIdle(await decisionsOf(world)), PATIENCE_MS);
}

const isIdle = (decisions: readonly Decision[]) => !decisions.some(({ status }) => CARRIED.includes(status));

/** What the loop decided from one moment to another, oldest first. */
export async function decidedBetween(world: World, from: string, to: string): Promise<DecisionFigures[]> {
  return (await decisionsOf(world))
    .map((decision) => ({ decision, at: decision.steps.at(-1)?.at ?? '' }))
    .filter(({ at }) => at >= from && at < to)
    .map(({ decision, at }) => ({
      number: decision.number,
      at,
      status: decision.status,
      triggers: decision.triggers.map(({ kind }) => kind),
      reason: decision.reason,
      version: decision.version ?? null,
      trained: decision.trainedAt !== undefined && decision.judgement?.champion !== null,
    }))
    .sort((a, b) => a.number - b.number);
}

function decisionsOf({ registry }: Pick<World, 'registry'>): Promise<Decision[]> {
  return registry.decisions(MODELS.closedLoop, { limit: ALL });
}
