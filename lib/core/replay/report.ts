import { z } from 'zod';

const Pair = z.object({ before: z.number(), after: z.number() });
const Nullable = z.number().nullable();

/** Quantiles of a change, `after - before`; see `quantileOf`. */
const Quantiles = z.object({
  min: z.number(),
  p5: z.number(),
  p25: z.number(),
  p50: z.number(),
  p75: z.number(),
  p95: z.number(),
  max: z.number(),
});

/** Rows a bin; bin i is from edges[i] to edges[i + 1], the first and the last hold what is beyond, too. */
const Bins = z.object({ edges: z.array(z.number()), counts: z.array(z.number()) });

const numbers = {
  rows: z.number(),
  /** Rows whose answer is the same to the bit. */
  equal: z.number(),
  mean: Pair,
  difference: Quantiles,
  /** Of the differences. */
  changes: Bins,
  scores: z.object({
    edges: z.array(z.number()),
    before: z.array(z.number()),
    after: z.array(z.number()),
  }),
  /** Of the answers after against those before, over the deciles of those before, in nats. */
  psi: z.number(),
};

/** How the answers of the same rows differ. Of a binary model: probabilities and decisions. */
export const AnswerChange = z.discriminatedUnion('task', [
  z.object({
    task: z.literal('binary'),
    ...numbers,
    /** Rows decided otherwise, each version by its own threshold. */
    changed: z.number(),
    toPositive: z.number(),
    toNegative: z.number(),
    /** Rows decided positive. */
    positive: Pair,
  }),
  z.object({
    task: z.literal('regression'),
    ...numbers,
    /** Standard deviation of the answers before. */
    deviation: z.number(),
    /** Rows whose answer moves by more than that. */
    beyond: z.number(),
  }),
  z.object({
    task: z.literal('multiclass'),
    rows: z.number(),
    equal: z.number(),
    /** Rows with another label. */
    changed: z.number(),
    labels: z.array(z.string()),
    /** Rows: `confusion[before][after]`, in the order of `labels`. */
    confusion: z.array(z.array(z.number())),
    /** Over the labels, in nats. */
    psi: z.number(),
  }),
]);
export type AnswerChange = z.output<typeof AnswerChange>;

/** Before and after on the rows whose truth is in, paired. */
export const TruthComparison = z.object({
  rows: z.number(),
  /** Share of rows decided right; null for a regression. */
  right: z.object({ before: Nullable, after: Nullable }),
  /** The metric that the model is chosen by first; `difference` above 0 is worse, `bound` its upper 95 % bound. */
  metrics: z.array(
    z.object({
      metric: z.string(),
      before: Nullable,
      after: Nullable,
      difference: Nullable,
      bound: Nullable,
    }),
  ),
});
export type TruthComparison = z.output<typeof TruthComparison>;

/** Rows by column, of those columns that have any. */
const ByColumn = z.record(z.string(), z.number());

/** What a version would have answered to logged traffic. Aggregates only. */
export const ReplayReport = z.object({
  format: z.literal(1),
  replayId: z.string(),
  model: z.string(),
  version: z.number(),
  /** ISO 8601, UTC; `from` is in the window, `to` is not. */
  from: z.string(),
  to: z.string(),
  by: z.string(),
  reason: z.string(),
  /** Logged rows that somebody was answered. */
  rows: z.number(),
  /** Rows that the version scored. */
  scored: z.number(),
  /** Rows that it cannot score, and why: a column that it needs is not in the log, or holds what it does not take. */
  refused: z.object({ rows: z.number(), absent: ByColumn, unfit: ByColumn }),
  /** Scored rows whose value was read as missing: the log hides it, or does not have it. */
  unread: z.object({ hidden: ByColumn, absent: ByColumn }),
  /** By who answered then. */
  answered: z.array(z.object({ version: z.number(), rows: z.number(), changed: z.number() })),
  /** What was answered, and what the version answers; null when it scored nothing. */
  change: AnswerChange.nullable(),
  /** The same rows by the champion of today, and by the version. */
  champion: z.object({ version: z.number(), change: AnswerChange }).nullable(),
  truth: TruthComparison.nullable(),
  /** A sentence each. */
  verdict: z.array(z.string()),
});
export type ReplayReport = z.output<typeof ReplayReport>;
