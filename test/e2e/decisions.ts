import type { Run } from '#core/registry/records.ts';
import type { Decision, DecisionStatus } from '#core/retrain/records.ts';
import { registry, waitFor } from './deployment.ts';

const OPEN: readonly DecisionStatus[] = ['waiting', 'judging', 'training', 'approval', 'rollout'];
const ALL = 100;

/** Whether nothing more comes of it. */
export const isOver = ({ status }: Decision): boolean => !OPEN.includes(status);

/** About training a model again, the newest first. */
export const decisionsOf = (model: string): Promise<Decision[]> => registry.decisions(model, { limit: ALL });

/** The decision that is as wanted, once there is one. */
export const decisionThat = (
  model: string,
  what: string,
  wanted: (decision: Decision) => boolean,
): Promise<Decision> => waitFor(what, async () => (await decisionsOf(model)).find(wanted), 180);

/** A model's trainings, the newest first. */
export const trainingsOf = async (model: string): Promise<Run[]> =>
  (await registry.runs(model, { limit: ALL })).filter(({ pipeline }) => pipeline === 'train-model');
