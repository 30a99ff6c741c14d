import { z } from 'zod';
import { loadWatched, profilePart } from '#lib/pipelines/profile-window.ts';
import { Deployed, monitoringPorts, monitoringRequest } from './shared/monitoring.ts';
import { parseInput, WindowRun } from './shared/payloads.ts';
import { store } from './shared/resources.ts';

const Input = z.object({
  run: WindowRun,
  version: Deployed,
  part: z.object({ from: z.number(), to: z.number(), log: z.string(), key: z.string() }),
});

/** Counts what a part of a window has. */
export const handler = async (event: unknown): Promise<void> => {
  const { run, version, part } = parseInput(Input, event);
  const watched = await loadWatched(store(), version);
  await profilePart(monitoringPorts(), await monitoringRequest(run), watched, part);
};
