import { z } from 'zod';
import { sha256 } from '#adapters/hash.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { PlanPorts, WindowRequest } from '#lib/pipelines/plan-windows.ts';
import { ObjectPointer, type WindowRun } from './payloads.ts';
import { once, registry, store, variable } from './resources.ts';
import { ownSpec, readSpec } from './specs.ts';

const spec = once(() => readSpec<ModelSpec>(ownSpec()));

/** A version that is deployed, or was. */
export const Deployed = z.object({ version: z.number(), manifest: ObjectPointer });

export const PlannedWindow = z.object({
  from: z.string(),
  to: z.string(),
  version: Deployed,
  logSha256: z.string(),
  parts: z.string().nullable(),
});

/** A run with what this function's spec says of monitoring. */
export async function monitoringRequest(run: z.output<typeof WindowRun>): Promise<WindowRequest> {
  return { ...run, spec: await spec(), deliverySeconds: Number(variable('DELIVERY_SECONDS')) };
}

export const monitoringPorts = (): PlanPorts => ({ store: store(), registry: registry(), sha256 });
