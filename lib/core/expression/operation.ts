import type { Call, Row, Value, ValueType } from './ast.ts';

/** Computes a value from a row. */
export type Evaluate = (row: Row) => Value;

/** DuckDB's name of each type. */
export const SQL_TYPE = {
  number: 'DOUBLE',
  text: 'VARCHAR',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
} as const;

/**
 * What an argument must be: a type; the one type that all `same` arguments share; that, and a number or
 * timestamp (`ordered`); or a literal time zone.
 */
export type Parameter = ValueType | 'same' | 'ordered' | 'zone';

/** One operator or function: how it is called, and what it means in both languages, side by side. */
export interface Operation {
  /** How it is written, for messages. */
  readonly usage: string;
  /** What its arguments must be when `count` are given; another length says the count is wrong. */
  readonly parameters: (count: number) => readonly Parameter[];
  /** `same`: the type of its `same` arguments. */
  readonly result: ValueType | 'same';
  /** DuckDB SQL from its arguments' SQL. Mentions each once, or nesting would double the text each time. */
  readonly sql: (args: readonly string[], call: Call) => string;
  /** A closure from its arguments' closures. */
  readonly js: (args: readonly Evaluate[], call: Call) => Evaluate;
}

export const exactly =
  (...parameters: Parameter[]): Operation['parameters'] =>
  () =>
    parameters;

export const atLeastTwo =
  (parameter: Parameter): Operation['parameters'] =>
  (count) =>
    Array.from({ length: Math.max(count, 2) }, () => parameter);

type Known = number | string | boolean;

/** A function of one value; null of null. */
export const unary =
  <A extends Known>(compute: (a: A) => Value) =>
  ([first]: readonly Evaluate[]): Evaluate => {
    const evaluate = first as Evaluate;
    return (row) => {
      const a = evaluate(row);
      return a === null ? null : compute(a as A);
    };
  };

/** A function of two values; null when either is null. */
export const binary =
  <A extends Known>(compute: (a: A, b: A) => Value): Operation['js'] =>
  ([first, second]) => {
    const [left, right] = [first as Evaluate, second as Evaluate];
    return (row) => {
      const a = left(row);
      const b = right(row);
      return a === null || b === null ? null : compute(a as A, b as A);
    };
  };

/** `sql` where `condition` over `v` holds, else null; mentions `sql` once. */
export const sqlWhere = (sql: string, condition: string) =>
  `list_filter([${sql}], lambda v: ${condition})[1]`;
