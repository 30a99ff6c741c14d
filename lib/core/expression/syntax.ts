import type jsep from 'jsep';
import { ExpressionError } from './expression-error.ts';
import { FOREIGN, MAX_DEPTH, type Node, Parser, tooDeep } from './parser.ts';

/** What was written, before names and types are looked at. `at` is the zero-based offset in the source. */
export type Syntax =
  | { readonly kind: 'literal'; readonly value: number | string | boolean | null; readonly at: number }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'list'; readonly items: readonly Syntax[]; readonly at: number }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Syntax[];
      readonly at: number;
      readonly operator: boolean;
    };

const MAX_LENGTH = 2000;
const MAX_NODES = 500;

/**
 * Parses what is written. At most 2,000 characters, 50 levels and 500 operators, calls, names and literals.
 * @throws ExpressionError
 */
export function parseSyntax(source: string): Syntax {
  if (source.length > MAX_LENGTH) {
    throw new ExpressionError(
      `${source.length} characters, the first too many`,
      MAX_LENGTH,
      `at most ${MAX_LENGTH} characters`,
    );
  }
  const count = { nodes: 0 };
  return toSyntax(new Parser(source).parse(), 1, count);
}

function toSyntax(node: Node, depth: number, count: { nodes: number }): Syntax {
  const at = startOf(node);
  if (depth > MAX_DEPTH) throw tooDeep(at);
  if (++count.nodes > MAX_NODES) {
    throw new ExpressionError(
      `part ${count.nodes}`,
      at,
      `at most ${MAX_NODES} operators, calls, names and literals`,
    );
  }
  const all = (nodes: readonly unknown[]) => nodes.map((child) => toSyntax(child as Node, depth + 1, count));
  switch (node.type) {
    case 'Literal':
      return { kind: 'literal', value: literalValue(node as jsep.Literal, at), at };
    case 'Identifier':
      return { kind: 'name', name: (node as jsep.Identifier).name, at };
    case 'ThisExpression':
      return { kind: 'name', name: 'this', at };
    case 'ArrayExpression':
      return { kind: 'list', items: all((node as jsep.ArrayExpression).elements), at };
    case 'UnaryExpression': {
      const { operator, argument } = node as jsep.UnaryExpression;
      return { kind: 'call', operator: true, name: known(operator, at), args: all([argument]), at };
    }
    case 'BinaryExpression': {
      const { operator, left, right } = node as jsep.BinaryExpression;
      return { kind: 'call', operator: true, name: known(operator, at), args: all([left, right]), at };
    }
    case 'CallExpression': {
      const { callee, arguments: args } = node as jsep.CallExpression;
      // A callee with a position of its own stood in brackets.
      if (callee.type !== 'Identifier' || callee.at !== undefined)
        throw new ExpressionError('a call of something that is not a name', at, 'a function such as abs(x)');
      return { kind: 'call', operator: false, name: callee.name as string, args: all(args), at };
    }
    case 'ConditionalExpression':
      throw new ExpressionError('`? :`', at, 'case(condition, value, otherwise)');
    default:
      throw new ExpressionError('`.` or `[ ]` after a value', at, 'a plain column name, function or literal');
  }
}

function known(operator: string, at: number): string {
  const instead = FOREIGN.get(operator);
  if (instead) throw new ExpressionError(`\`${operator}\``, at, instead);
  return operator;
}

function literalValue({ value, raw }: jsep.Literal, at: number): number | string | boolean | null {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new ExpressionError(`the number ${raw}`, at, 'at most 1.7976931348623157e308');
  }
  if (typeof value === 'string') {
    const unknown = /\\[^'"\\nrt]/.exec(raw.replaceAll('\\\\', ''));
    if (unknown)
      throw new ExpressionError(
        `${JSON.stringify(unknown[0])} in a text`,
        at,
        'one of \\\\ \\\' \\" \\n \\r \\t, or the character itself',
      );
    if (/[\0\p{Surrogate}]/u.test(value)) {
      throw new ExpressionError(
        'a NUL or half of a surrogate pair in a text',
        at,
        'whole Unicode characters',
      );
    }
  }
  return value as number | string | boolean | null;
}

/** jsep makes operators after their left side: that is where they start. */
function startOf(node: Node): number {
  return node.at ?? startOf((node.left ?? node.test) as Node);
}
