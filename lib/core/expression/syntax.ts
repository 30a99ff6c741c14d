import jsep from 'jsep';
import { ExpressionError } from './expression-error.ts';

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
const MAX_DEPTH = 50;
const MAX_NODES = 500;

/** Weakest first; `not` is between `and` and the comparisons, unary minus is the strongest. */
const BINARY = [['or'], ['and'], ['=', '==', '!=', '<', '<=', '>', '>=', 'in'], ['+', '-'], ['*', '/', '%']];

/** Operators of other languages, parsed only to be refused by name. */
const FOREIGN = new Map([
  ['||', '`or` between conditions, or concat(a, b) for text'],
  ['??', 'coalesce(a, b)'],
  ['&&', '`and`'],
  ['!', '`not`'],
  ['<>', '`!=`'],
  ['===', '`=`'],
  ['!==', '`!=`'],
  ['**', 'a product such as x * x'],
]);

type Node = jsep.Expression & { at?: number };

/** The part of jsep's parser class that is overridden or called; its own typings leave the class out. */
interface JsepParser {
  index: number;
  readonly expr: string;
  readonly code: number;
  parse(): Node;
  gobbleSpaces(): void;
  gobbleExpression(): Node | false;
  gobbleExpressions(close?: number): Node[];
  gobbleBinaryExpression(): Node | false;
  gobbleBinaryOp(): string | false;
  gobbleToken(): Node | false;
  gobbleArguments(close: number): Node[];
  throwError(message: string): never;
}
interface JsepClass {
  new (source: string): JsepParser;
  isIdentifierPart(code: number): boolean;
  addBinaryOp(operator: string, precedence: number): void;
  addUnaryOp(operator: string): void;
  removeAllBinaryOps(): void;
  removeAllUnaryOps(): void;
}
const { Jsep } = jsep as unknown as { Jsep: JsepClass };

// jsep keeps its operators on the class: this module is its only user, and sets them once.
Jsep.removeAllBinaryOps();
Jsep.removeAllUnaryOps();
for (const operator of FOREIGN.keys()) Jsep.addBinaryOp(operator, 1);
for (const [level, operators] of BINARY.entries()) {
  for (const operator of operators) Jsep.addBinaryOp(operator, level + 1);
}
Jsep.addUnaryOp('-');
Jsep.addUnaryOp('!');

const COMMA = 44;

/** jsep with positions, with SQL's precedence of `not`, and without its leniency about separators. */
class Parser extends Jsep {
  private insideNot = false;
  private nesting = 0;

  override gobbleExpressions(close?: number): Node[] {
    const node = this.gobbleExpression();
    if (!node || (close === undefined ? this.index < this.expr.length : this.code !== close)) {
      throw this.unexpected(node ? 'an operator' : 'a value', close);
    }
    return [node];
  }

  override gobbleArguments(close: number): Node[] {
    const args: Node[] = [];
    this.gobbleSpaces();
    while (args.length > 0 || this.code !== close) {
      const node = this.gobbleExpression();
      if (!node) throw this.unexpected('a value', close);
      args.push(node);
      if (this.code === close) break;
      if (this.code !== COMMA) throw this.unexpected('a comma', close);
      this.index++;
    }
    this.index++;
    return args;
  }

  override gobbleExpression(): Node | false {
    return this.within(false, () => super.gobbleExpression());
  }

  override gobbleBinaryOp(): string | false {
    const start = this.index;
    const operator = super.gobbleBinaryOp();
    if (!this.insideNot || (operator !== 'and' && operator !== 'or')) return operator;
    this.index = start;
    return false;
  }

  override gobbleToken(): Node | false {
    this.gobbleSpaces();
    const at = this.index;
    if (++this.nesting > MAX_DEPTH) throw tooDeep(at);
    const node = this.atNot() ? this.gobbleNot() : super.gobbleToken();
    this.nesting--;
    if (node) node.at ??= at;
    return node;
  }

  private atNot(): boolean {
    return (
      this.expr.startsWith('not', this.index) && !Jsep.isIdentifierPart(this.expr.charCodeAt(this.index + 3))
    );
  }

  private gobbleNot(): Node {
    this.index += 3;
    const argument = this.within(true, () => this.gobbleBinaryExpression());
    if (!argument) throw this.unexpected('a condition after `not`');
    return { type: 'UnaryExpression', operator: 'not', argument };
  }

  private within<T>(not: boolean, parse: () => T): T {
    const outer = this.insideNot;
    this.insideNot = not;
    const result = parse();
    this.insideNot = outer;
    return result;
  }

  /** What jsep itself refuses. */
  override throwError(message: string): never {
    throw new ExpressionError(`${this.found()} (${message})`, this.index, 'an expression');
  }

  private unexpected(expected: string, close?: number): ExpressionError {
    const end = close === undefined ? '' : ` or \`${String.fromCharCode(close)}\``;
    return new ExpressionError(this.found(), this.index, expected + end);
  }

  private found(): string {
    const character = String.fromCodePoint(this.expr.codePointAt(this.index) ?? 0);
    return this.index < this.expr.length ? `found ${JSON.stringify(character)}` : 'the expression ends';
  }
}

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
      if (callee.type !== 'Identifier')
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

function tooDeep(at: number): ExpressionError {
  return new ExpressionError(`level ${MAX_DEPTH + 1} of nesting`, at, `at most ${MAX_DEPTH} levels`);
}
