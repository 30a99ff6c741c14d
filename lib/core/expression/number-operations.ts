import { atLeastTwo, binary, exactly, type Operation, sqlWhere, unary } from './operation.ts';

const finite = (value: number) => (Number.isFinite(value) ? value : null);

function arithmetic(operator: string, compute: (a: number, b: number) => number): Operation {
  return {
    usage: `a ${operator} b`,
    parameters: exactly('number', 'number'),
    result: 'number',
    sql: ([a, b]) => sqlWhere(`${a} ${operator} ${b}`, 'isfinite(v)'),
    js: binary<number>((a, b) => finite(compute(a, b))),
  };
}

function numberFunction(name: string, compute: (x: number) => number): Operation {
  return {
    usage: `${name}(x)`,
    parameters: exactly('number'),
    result: 'number',
    sql: ([x]) => `${name}(${x})`,
    js: unary<number>(compute),
  };
}

/** The most extreme of its arguments that are not null; null when all are. */
function extreme(name: string, sqlName: string, choose: (a: number, b: number) => number): Operation {
  return {
    usage: `${name}(a, b, ...)`,
    parameters: atLeastTwo('number'),
    result: 'number',
    sql: (args) => `${sqlName}(${args.join(', ')})`,
    js: (args) => (row) => {
      let best: number | null = null;
      for (const evaluate of args) {
        const value = evaluate(row) as number | null;
        if (value !== null) best = best === null ? value : choose(best, value);
      }
      return best;
    },
  };
}

/** Half away from zero; `x - trunc(x)` is exact, which `floor(x + 0.5)` is not. */
function round(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

export const numberOperations = {
  '+': arithmetic('+', (a, b) => a + b),
  '-': arithmetic('-', (a, b) => a - b),
  '*': arithmetic('*', (a, b) => a * b),
  '/': arithmetic('/', (a, b) => a / b),
  '%': arithmetic('%', (a, b) => a % b),
  negate: {
    usage: '-x',
    parameters: exactly('number'),
    result: 'number',
    sql: ([x]) => `(-${x})`,
    js: unary<number>((x) => -x),
  },
  abs: numberFunction('abs', Math.abs),
  floor: numberFunction('floor', Math.floor),
  ceil: numberFunction('ceil', Math.ceil),
  round: numberFunction('round', round),
  sqrt: {
    usage: 'sqrt(x)',
    parameters: exactly('number'),
    result: 'number',
    // DuckDB's sqrt throws on a negative number, in branches that are not taken too.
    sql: ([x]) => `sqrt(${sqlWhere(`${x}`, 'v >= 0')})`,
    js: unary<number>((x) => finite(Math.sqrt(x))),
  },
  min: extreme('min', 'least', Math.min),
  max: extreme('max', 'greatest', Math.max),
  number: {
    usage: 'number(condition)',
    parameters: exactly('boolean'),
    result: 'number',
    sql: ([x]) => `CAST(${x} AS DOUBLE)`,
    js: unary<boolean>(Number),
  },
} satisfies Record<string, Operation>;
