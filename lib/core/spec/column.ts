import { z } from 'zod';
import { instantOf } from '../expression/instant.ts';

/** Share of rows, 0 to 1, that may be null. `true` is 1, `false` is 0. */
const nullable = z
  .union([z.boolean(), z.number().min(0).max(1)])
  .default(0)
  .transform(Number);

/**
 * What the prediction log keeps of it: `hash` a keyed hash, the same for equal values; `omit` nothing.
 * @default its value
 */
const sensitive = z.enum(['hash', 'omit']).optional();

const numberColumn = z.strictObject({
  type: z.literal('number'),
  nullable,
  sensitive,
  /** Smallest and largest accepted value, both included. */
  min: z.number().optional(),
  max: z.number().optional(),
  /** Whether fractions are refused. @default false */
  integer: z.boolean().default(false),
});

const textColumn = z.strictObject({
  type: z.literal('text'),
  nullable,
  sensitive,
  /** The only accepted values, each once. @default any */
  oneOf: z
    .array(z.string().refine(isPlainText, 'a text without NUL and lone surrogates'))
    .min(1)
    .refine((values) => new Set(values).size === values.length, 'each value once')
    .optional(),
  /** `learned`: levels are recorded with each version and new ones are reported. @default 'any' */
  domain: z.enum(['any', 'learned']).default('any'),
  /** Longest accepted value, in characters. @default 1024 */
  maxLength: z.number().int().min(1).max(65_536).default(1024),
});

/** What files and requests may hold: neither of the others survives UTF-8 and the query engine. */
function isPlainText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

const booleanColumn = z.strictObject({ type: z.literal('boolean'), nullable, sensitive });

const INSTANT = 'an ISO 8601 instant in UTC from the year 1600 to 9999, such as 2013-01-31T00:00:00Z';
const Instant = z.iso
  .datetime({ error: INSTANT, abort: true })
  .refine((text) => instantOf(text) !== null, INSTANT);

const timestampColumn = z.strictObject({
  type: z.literal('timestamp'),
  nullable,
  sensitive,
  /** Earliest and latest accepted instant, ISO 8601 in UTC. @default 1970-01-01 to 2199-12-31 */
  min: Instant.default('1970-01-01T00:00:00Z'),
  max: Instant.default('2199-12-31T23:59:59Z'),
});

/** What a column holds and what is accepted in it. Timestamps are UTC instants with milliseconds. */
export const ColumnSpec = z.discriminatedUnion('type', [
  numberColumn,
  textColumn,
  booleanColumn,
  timestampColumn,
]);
export type ColumnSpec = z.output<typeof ColumnSpec>;
export type ColumnInput = z.input<typeof ColumnSpec>;
export type ColumnType = ColumnSpec['type'];

type Options<T extends ColumnType> = Omit<Extract<ColumnInput, { type: T }>, 'type'>;

/** A number (64-bit float). */
export const number = (options: Options<'number'> = {}): ColumnInput => ({ type: 'number', ...options });
/** A whole number. */
export const integer = (options: Omit<Options<'number'>, 'integer'> = {}): ColumnInput => ({
  type: 'number',
  integer: true,
  ...options,
});
/** Text. */
export const text = (options: Options<'text'> = {}): ColumnInput => ({ type: 'text', ...options });
/** true or false. */
export const boolean = (options: Options<'boolean'> = {}): ColumnInput => ({ type: 'boolean', ...options });
/** An instant, kept in UTC with milliseconds. */
export const timestamp = (options: Options<'timestamp'> = {}): ColumnInput => ({
  type: 'timestamp',
  ...options,
});
