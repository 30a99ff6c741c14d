import type { Ast, Literal, ValueType } from './ast.ts';
import { ExpressionError, oneOf } from './expression-error.ts';
import { instantOf } from './instant.ts';
import type { Parameter } from './operation.ts';
import { type OperationName, operations } from './operations.ts';
import type { Syntax } from './syntax.ts';
import { isTimeZone } from './time-zone.ts';

type SyntaxCall = Extract<Syntax, { kind: 'call' }>;
type SyntaxLiteral = Extract<Syntax, { kind: 'literal' }>;
type Columns = ReadonlyMap<string, ValueType>;

const OPERATORS = new Map<string, OperationName>([
  ...(['+', '-', '*', '/', '%', '=', '!=', '<', '<=', '>', '>=', 'and', 'or', 'not', 'in'] as const).map(
    (name) => [name, name] as const,
  ),
  ['==', '='],
]);

const FUNCTIONS = new Map<string, OperationName>(
  (Object.keys(operations) as OperationName[])
    .filter((name) => !OPERATORS.has(name) && name !== 'negate')
    .map((name) => [name, name]),
);

/**
 * Gives every part a type.
 * @param expected the type that a bare null takes; undefined when nothing says it
 * @throws ExpressionError
 */
export function check(syntax: Syntax, columns: Columns, expected?: ValueType): Ast {
  switch (syntax.kind) {
    case 'literal':
      return literal(syntax, expected);
    case 'name': {
      const type = columns.get(syntax.name);
      if (type) return { kind: 'column', type, name: syntax.name };
      throw new ExpressionError(
        `unknown column "${syntax.name}"`,
        syntax.at,
        oneOf('columns', [...columns.keys()], syntax.name),
      );
    }
    case 'list':
      throw new ExpressionError('a list', syntax.at, 'lists only after `in`');
    case 'call':
      if (syntax.name === 'timestamp') return timestamp(syntax);
      return call(syntax, columns, expected);
  }
}

function literal(
  { value, at }: Extract<Syntax, { kind: 'literal' }>,
  expected: ValueType | undefined,
): Literal {
  if (value === null) {
    if (expected) return { kind: 'literal', type: expected, value };
    throw new ExpressionError('null', at, 'another value beside it that says its type');
  }
  const type = typeof value === 'number' ? 'number' : typeof value === 'string' ? 'text' : 'boolean';
  return { kind: 'literal', type, value };
}

function timestamp({ args: [text, ...more], at }: SyntaxCall): Literal {
  const given =
    text?.kind === 'literal' && typeof text.value === 'string' && more.length === 0 ? text.value : null;
  const value = given === null ? null : instantOf(given);
  if (value === null) {
    throw new ExpressionError(
      `timestamp(${given === null ? '...' : JSON.stringify(given)})`,
      at,
      "a literal such as timestamp('2013-04-01T05:00:00Z'), ISO 8601 with Z or an offset, from 1600 to 9999",
    );
  }
  return { kind: 'literal', type: 'timestamp', value };
}

function call(syntax: SyntaxCall, columns: Columns, expected: ValueType | undefined): Ast {
  const operation = operationOf(syntax);
  const { usage, parameters: parametersFor, result } = operations[operation];
  const args = operation === 'in' ? withList(syntax) : syntax.args;
  const parameters = parametersFor(args.length);
  if (parameters.length !== args.length) {
    throw new ExpressionError(
      `\`${syntax.name}\` with ${args.length} argument${args.length === 1 ? '' : 's'}`,
      syntax.at,
      usage,
    );
  }

  // Nulls wait until the others have said the type they share.
  let shared: ValueType | undefined;
  const wanted = (parameter: Parameter): ValueType | undefined => {
    if (parameter === 'zone') return 'text';
    if (parameter !== 'same' && parameter !== 'ordered') return parameter;
    return shared ?? (result === 'same' ? expected : undefined);
  };
  const typed = args.map((arg, index) => {
    const parameter = parameters[index] as Parameter;
    if (isNull(arg)) {
      if (operation === 'in' && index > 0)
        throw new ExpressionError('null in a list', arg.at, 'is_null(x) beside `in`');
      return arg;
    }
    const ast = check(arg, columns, wanted(parameter));
    if (parameter === 'same' || parameter === 'ordered') shared ??= ast.type;
    requireType(ast, parameter, shared, { syntax, arg, index, usage });
    return ast;
  });
  const all = typed.map((ast, index) =>
    ast.kind === 'literal' && 'at' in ast
      ? literal(ast, wanted(parameters[index] as Parameter))
      : (ast as Ast),
  );

  const [only] = all;
  if (operation === 'negate' && only?.kind === 'literal' && only.value !== null) {
    return { ...only, value: 0 - (only.value as number) };
  }
  return {
    kind: 'call',
    type: result === 'same' ? (wanted('same') as ValueType) : result,
    operation,
    args: all,
  };
}

/** Whether it is a null that has no type yet. */
function isNull(part: Syntax | Ast): part is SyntaxLiteral & { readonly value: null } {
  return part.kind === 'literal' && part.value === null && !('type' in part);
}

function operationOf({ name, operator, args, at }: SyntaxCall): OperationName {
  if (operator && name === '-' && args.length === 1) return 'negate';
  const operation = (operator ? OPERATORS : FUNCTIONS).get(name);
  if (operation) return operation;
  throw new ExpressionError(
    `unknown function "${name}"`,
    at,
    oneOf('functions', [...FUNCTIONS.keys(), 'timestamp'], name),
  );
}

/** `x in [a, b]` as the arguments x, a, b. */
function withList({ args: [value, list] }: SyntaxCall): readonly Syntax[] {
  const [x, items] = [value as Syntax, list as Syntax];
  if (items.kind !== 'list' || items.items.length === 0) {
    throw new ExpressionError(
      items.kind === 'list' ? 'an empty list' : 'no list after `in`',
      items.at,
      "a list of at least one literal, such as ['a', 'b']",
    );
  }
  return [x, ...items.items];
}

interface Place {
  readonly syntax: SyntaxCall;
  readonly arg: Syntax;
  readonly index: number;
  readonly usage: string;
}

function requireType(ast: Ast, parameter: Parameter, shared: ValueType | undefined, place: Place): void {
  const { syntax, arg, index, usage } = place;
  const refuse = (found: string, expected: string) => {
    throw new ExpressionError(
      `${found} as argument ${index + 1} of \`${syntax.name}\``,
      arg.at,
      `${expected}: ${usage}`,
    );
  };
  if (syntax.name === 'in' && index > 0 && ast.kind !== 'literal')
    refuse('not a literal', 'literals in the list');
  if (parameter === 'zone') {
    const zone = ast.kind === 'literal' && typeof ast.value === 'string' ? ast.value : null;
    if (zone === null) refuse(describe(ast), "a time zone's name as literal text");
    else if (!isTimeZone(zone))
      refuse(`the unknown time zone ${JSON.stringify(zone)}`, 'an IANA name such as Europe/Paris');
  } else if (parameter === 'ordered' && (ast.type === 'text' || ast.type === 'boolean')) {
    const why =
      ast.type === 'text'
        ? 'the order of text differs between collations'
        : 'a range is low < x and x < high';
    refuse(describe(ast), `numbers or timestamps (${why})`);
  } else {
    const type = parameter === 'same' || parameter === 'ordered' ? shared : parameter;
    if (type && ast.type !== type) refuse(describe(ast), TYPE_NAME[type]);
  }
}

const TYPE_NAME = {
  number: 'a number',
  text: 'text',
  boolean: 'a condition (boolean)',
  timestamp: 'a timestamp',
} as const;

function describe(ast: Ast): string {
  if (ast.kind === 'column') return `the ${ast.type} column "${ast.name}"`;
  if (ast.kind === 'literal') return `the ${ast.type} ${JSON.stringify(ast.value)}`;
  return `a ${ast.type} result`;
}
