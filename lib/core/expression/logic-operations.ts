import type { Literal, Value } from './ast.ts';
import {
  atLeastTwo,
  binary,
  type Evaluate,
  exactly,
  type Operation,
  type Parameter,
  SQL_TYPE,
  unary,
} from './operation.ts';

function comparison(
  operator: string,
  parameter: Parameter,
  compare: (a: Value, b: Value) => boolean,
): Operation {
  return {
    usage: `a ${operator} b`,
    parameters: exactly(parameter, parameter),
    result: 'boolean',
    sql: ([a, b]) => `(${a} ${operator} ${b})`,
    js: binary(compare),
  };
}

/** SQL's three-valued logic: `deciding` from either side decides; else a null makes it null. */
function connective(operator: string, deciding: boolean): Operation {
  return {
    usage: `a ${operator} b`,
    parameters: exactly('boolean', 'boolean'),
    result: 'boolean',
    sql: ([a, b]) => `(${a} ${operator} ${b})`,
    js: ([first, second]) => {
      const [left, right] = [first as Evaluate, second as Evaluate];
      return (row) => {
        const a = left(row);
        if (a === deciding) return deciding;
        const b = right(row);
        if (b === deciding) return deciding;
        return a === null || b === null ? null : !deciding;
      };
    },
  };
}

function caseParameters(count: number): Parameter[] {
  const pairs = Math.max(1, Math.floor((count - 1) / 2));
  return [...Array.from({ length: pairs }, (): Parameter[] => ['boolean', 'same']).flat(), 'same'];
}

export const logicOperations = {
  '=': comparison('=', 'same', (a, b) => a === b),
  '!=': comparison('!=', 'same', (a, b) => a !== b),
  '<': comparison('<', 'ordered', (a, b) => (a as number) < (b as number)),
  '<=': comparison('<=', 'ordered', (a, b) => (a as number) <= (b as number)),
  '>': comparison('>', 'ordered', (a, b) => (a as number) > (b as number)),
  '>=': comparison('>=', 'ordered', (a, b) => (a as number) >= (b as number)),
  and: connective('and', false),
  or: connective('or', true),
  not: {
    usage: 'not a',
    parameters: exactly('boolean'),
    result: 'boolean',
    sql: ([a]) => `(not ${a})`,
    js: unary<boolean>((a) => !a),
  },
  in: {
    usage: 'x in [a, b, ...]',
    parameters: atLeastTwo('same'),
    result: 'boolean',
    sql: ([x, ...list]) => `(${x} IN (${list.join(', ')}))`,
    js: (args, { args: [, ...list] }) => {
      const values = new Set(list.map((item) => (item as Literal).value));
      return unary((x) => values.has(x))(args);
    },
  },
  case: {
    usage: 'case(condition, value, ..., otherwise)',
    parameters: caseParameters,
    result: 'same',
    sql: (args) => {
      const whens = args.slice(0, -1).map((arg, index) => (index % 2 === 0 ? `WHEN ${arg}` : `THEN ${arg}`));
      return `CASE ${whens.join(' ')} ELSE ${args.at(-1)} END`;
    },
    js: (args) => {
      const last = args.length - 1;
      return (row) => {
        for (let index = 0; index < last; index += 2) {
          if ((args[index] as Evaluate)(row) === true) return (args[index + 1] as Evaluate)(row);
        }
        return (args[last] as Evaluate)(row);
      };
    },
  },
  coalesce: {
    usage: 'coalesce(a, b, ...)',
    parameters: atLeastTwo('same'),
    result: 'same',
    sql: (args) => `coalesce(${args.join(', ')})`,
    js: (args) => (row) => {
      for (const evaluate of args) {
        const value = evaluate(row);
        if (value !== null) return value;
      }
      return null;
    },
  },
  null_if: {
    usage: 'null_if(a, b)',
    parameters: exactly('same', 'same'),
    result: 'same',
    // DuckDB's own nullif is a macro that doubles its first argument. A field of a constant null struct
    // loses its type there, hence the cast.
    sql: ([a, b], { type }) => {
      const kept = `list_filter([{'a': ${a}, 'b': ${b}}], lambda v: (v.a = v.b) IS NOT TRUE)[1].a`;
      return `CAST(${kept} AS ${SQL_TYPE[type]})`;
    },
    js: ([first, second]) => {
      const [left, right] = [first as Evaluate, second as Evaluate];
      return (row) => {
        const a = left(row);
        return a === right(row) ? null : a;
      };
    },
  },
  is_null: {
    usage: 'is_null(x)',
    parameters: exactly('same'),
    result: 'boolean',
    sql: ([x]) => `(${x} IS NULL)`,
    js: ([first]) => {
      const evaluate = first as Evaluate;
      return (row) => evaluate(row) === null;
    },
  },
} satisfies Record<string, Operation>;
