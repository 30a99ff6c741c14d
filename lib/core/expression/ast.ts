import type { ColumnType } from '../spec/column.ts';
import type { OperationName } from './operations.ts';

export type ValueType = ColumnType;

/** A timestamp is its epoch milliseconds, UTC. */
export type Value = number | string | boolean | null;

/** Column name -> value. A column that is not there, or undefined, is null. */
export type Row = Readonly<Record<string, Value | undefined>>;

/** A typed expression as plain data: every call is checked, every null has a type. */
export type Ast = Literal | Column | Call;

export interface Literal {
  readonly kind: 'literal';
  readonly type: ValueType;
  readonly value: Value;
}

export interface Column {
  readonly kind: 'column';
  readonly type: ValueType;
  readonly name: string;
}

/** An operator or a function. A time zone, and the list of `in`, are literals among the arguments. */
export interface Call {
  readonly kind: 'call';
  readonly type: ValueType;
  readonly operation: OperationName;
  readonly args: readonly Ast[];
}

export interface Expression {
  /** What it results in; a condition is `boolean`. */
  readonly type: ValueType;
  /** The columns it reads, sorted, each once. */
  readonly columns: readonly string[];
  readonly ast: Ast;
}
