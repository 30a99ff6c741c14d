import jsep from 'jsep';
import { ExpressionError } from './expression-error.ts';

/** Levels of calls, operators and brackets. */
export const MAX_DEPTH = 50;

/** Weakest first; `not` is between `and` and the comparisons, unary minus is the strongest. */
const BINARY = [['or'], ['and'], ['=', '==', '!=', '<', '<=', '>', '>=', 'in'], ['+', '-'], ['*', '/', '%']];

/** Operators of other languages, parsed only to be refused by name. */
export const FOREIGN = new Map([
  ['||', '`or` between conditions, or concat(a, b) for text'],
  ['??', 'coalesce(a, b)'],
  ['&&', '`and`'],
  ['!', '`not`'],
  ['<>', '`!=`'],
  ['===', '`=`'],
  ['!==', '`!=`'],
  ['**', 'a product such as x * x'],
]);

/** A node of jsep's tree; `at` is its zero-based offset in the source, where the parser knew it. */
export type Node = jsep.Expression & { at?: number };

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
export class Parser extends Jsep {
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

export function tooDeep(at: number): ExpressionError {
  return new ExpressionError(`level ${MAX_DEPTH + 1} of nesting`, at, `at most ${MAX_DEPTH} levels`);
}
