import { z } from 'zod';

const Range = z
  .strictObject({
    low: z.number(),
    high: z.number(),
    log: z.boolean().default(false),
    integer: z.boolean().default(false),
  })
  .refine(({ low, high }) => low < high, 'low below high')
  .refine(({ low, log }) => !log || low > 0, 'low above 0 for a logarithmic scale');

/** How the best settings are looked for, on the validation rows; the test rows stay unseen. */
export const SearchSpec = z.strictObject({
  /** Settings to try at most; the first are the spec's own. @default 20 */
  trials: z.number().int().min(1).max(200).default(20),
  /** What the best is best by. @default what the algorithm minimises */
  metric: z.string().optional(),
  /** Tree-structured Parzen estimator, or blind. @default 'tpe' */
  sampler: z.enum(['tpe', 'random']).default('tpe'),
  /** Trials at the same time. Part of the search's identity: a proposal knows the finished batches only. @default 4 */
  parallel: z.number().int().min(1).max(20).default(4),
  /** Whether trials that do worse than the median of their elders at the same round are stopped. @default true */
  prune: z.boolean().default(true),
  /** Parameter -> range, in place of the default ranges. */
  space: z.record(z.string(), Range).optional(),
  seed: z.number().int().min(0).max(2_147_483_647).default(1),
});
export type SearchSpec = z.output<typeof SearchSpec>;
