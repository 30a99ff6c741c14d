import { z } from 'zod';
import { figure } from '../figures.ts';
import type { Trigger } from './records.ts';

const Window = z.object({ from: z.string(), to: z.string(), revision: z.number() });
const Instant = z.iso.datetime();

const DatasetVersionCreated = z.object({
  type: z.literal('DatasetVersionCreated'),
  detail: z.object({ dataset: z.string(), version: z.number(), rows: z.number(), asOf: Instant }),
});
const DriftDetected = z.object({
  type: z.literal('DriftDetected'),
  detail: z.object({
    version: z.number(),
    columns: z.array(z.string()),
    /** Those that the model hardly relies on. */
    light: z.array(z.string()),
    psi: z.number(),
    window: Window,
    asOf: Instant,
  }),
});
const PerformanceDropped = z.object({
  type: z.literal('PerformanceDropped'),
  detail: z.object({
    version: z.number(),
    metric: z.string(),
    before: z.number(),
    now: z.number(),
    drop: z.number(),
    rows: z.number(),
    window: Window,
    asOf: Instant,
  }),
});
const TrainingRequested = z.object({
  type: z.literal('TrainingRequested'),
  detail: z.object({ id: z.string(), by: z.string(), reason: z.string(), asOf: Instant }),
});
/** Nothing new, but what the loop waits for may have happened. */
const Other = z.object({
  type: z.enum(['Tick', 'DeploymentChanged', 'ApprovalDecided', 'Step Functions Execution Status Change']),
});

/** What wakes a model's loop, as its rules hand it over. */
export const LoopEvent = z.discriminatedUnion('type', [
  DatasetVersionCreated,
  DriftDetected,
  PerformanceDropped,
  TrainingRequested,
  Other,
]);
export type LoopEvent = z.output<typeof LoopEvent>;

/** The causes that an event brings, named so that the same event twice is one. */
export function triggersOf(event: LoopEvent): Trigger[] {
  switch (event.type) {
    case 'DatasetVersionCreated': {
      const { dataset, version, rows, asOf: at } = event.detail;
      const reason = `${dataset}@${version} came, ${rows} rows in all`;
      const id = `data:${dataset}@${version}`;
      return [{ id, kind: 'new-data', at, by: 'leeboard', reason, figures: { rows } }];
    }
    case 'DriftDetected': {
      const { version, columns, light, psi, window, asOf: at } = event.detail;
      const heavy = columns.filter((column) => !light.includes(column));
      const [first, ...others] = heavy;
      if (first === undefined) return [];
      const also = others.length > 0 ? ` and ${others.length} more` : '';
      const reason = `the inputs of ${spanOf(window)} drifted from what version ${version} was trained on: ${first}${also}; the largest PSI of a column is ${figure(psi)}`;
      const figures = { psi, columns: heavy.length };
      return [
        { id: idOf('drift', version, window), kind: 'drift', at, by: 'leeboard', reason, version, figures },
      ];
    }
    case 'PerformanceDropped': {
      const { version, metric, before, now, drop, rows, window, asOf: at } = event.detail;
      const reason = `${metric} of version ${version} fell from ${figure(before)} to ${figure(now)}, by ${figure(drop)} beyond doubt, on ${rows} rows of ${spanOf(window)}`;
      const figures = { before, now, drop, rows };
      const id = idOf('performance', version, window);
      return [{ id, kind: 'performance', at, by: 'leeboard', reason, version, figures }];
    }
    case 'TrainingRequested': {
      const { id, by, reason, asOf: at } = event.detail;
      return [{ id: `person:${id}`, kind: 'person', at, by, reason }];
    }
    default:
      return [];
  }
}

const spanOf = ({ from, to }: z.output<typeof Window>): string =>
  `${from.slice(0, 16)} to ${to.slice(0, 16)}`;

const idOf = (kind: string, version: number, { from, to, revision }: z.output<typeof Window>): string =>
  `${kind}:${version}:${from}..${to}:${revision}`;
