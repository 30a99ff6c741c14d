import { z } from 'zod';
import { sha256 } from '#adapters/hash.ts';
import type { Monitored } from '#core/drift/report.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { PlanPorts, WindowRequest } from '#lib/pipelines/plan-windows.ts';
import { metricOf } from './metrics.ts';
import { ObjectPointer, type WindowRun } from './payloads.ts';
import { once, registry, store, variable } from './resources.ts';
import { ownSpec, readSpec } from './specs.ts';

const spec = once(() => readSpec<ModelSpec>(ownSpec()));

export const Champion = z.object({ version: z.number(), manifest: ObjectPointer });

export const PlannedWindow = z.object({
  from: z.string(),
  to: z.string(),
  logSha256: z.string(),
  parts: z.string().nullable(),
});

/** A run with what this function's spec says of monitoring. */
export async function monitoring(run: z.output<typeof WindowRun>): Promise<WindowRequest> {
  const { monitor } = await spec();
  return { ...run, monitor, deliverySeconds: Number(variable('DELIVERY_SECONDS')) };
}

export const monitoringPorts = (): PlanPorts => ({ store: store(), registry: registry(), sha256 });

/** What monitoring comes to when there is nothing to compare. */
export function nothing({
  model,
  asOf,
}: z.output<typeof WindowRun>): Monitored & { readonly metrics: readonly object[] } {
  return {
    rows: 0,
    psi: null,
    column: null,
    drifted: [],
    shifted: [],
    reportKey: null,
    pageKey: null,
    metrics: metricOf(model, asOf)('MonitoredPredictions', 0),
  };
}
