import { InvalidInputError } from '../errors.ts';
import { BadRequestError } from './problem-document.ts';
import { MAX_DEPTH, MAX_PROBLEMS, scanJson } from './scan-json.ts';

const SPACE = 0x20;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * A request's body, decoded strictly.
 * @throws BadRequestError when it is not UTF-8, and as `parseJson` does; a byte order mark is no JSON
 * @throws InvalidInputError as `parseJson` does
 */
export function parseJsonBytes(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new BadRequestError(400, 'the body must be JSON in UTF-8, got bytes that are not UTF-8');
  }
  return parseJson(text);
}

/**
 * JSON as a request may bring it: what JSON.parse takes, with the same value, but for what readers disagree on or
 * choke on. The text is looked at in detail only when something is wrong with it: members of one name twice are seen
 * by there being more members in the text than in the value.
 * @throws BadRequestError when it is no JSON, saying where
 * @throws InvalidInputError naming the first 20 of these: a name twice in one object, the name `__proto__`, a name
 * with half of a surrogate pair, arrays and objects nested deeper than 32, a number beyond double precision
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadRequestError(400, `the body must be JSON in UTF-8, ${placeOf(text, scanJson(text).end)}`);
  }
  // Half a pair is either in the text or written as an escape.
  const oddNames = text.includes('\\u') || !text.isWellFormed();
  if (membersOf(value, oddNames, 1) !== membersIn(text)) {
    const { problems } = scanJson(text);
    throw new InvalidInputError(problems.slice(0, MAX_PROBLEMS));
  }
  return value;
}

/** How many members the objects of a value have; NaN when there is one that is refused. */
function membersOf(value: unknown, oddNames: boolean, depth: number): number {
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH) return Number.NaN;
  let members = 0;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      members += membersOf(value[index], oddNames, depth + 1);
    }
    return members;
  }
  const names = Object.keys(value);
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    if (name === '__proto__' || (oddNames && !name.isWellFormed())) return Number.NaN;
    members += membersOf((value as Record<string, unknown>)[name], oddNames, depth + 1);
  }
  return members + names.length;
}

/** How many members the objects of a JSON text have: its strings with a colon behind them. */
function membersIn(text: string): number {
  let members = 0;
  for (let open = text.indexOf('"'); open >= 0; ) {
    let close = text.indexOf('"', open + 1);
    while (isEscaped(text, close)) close = text.indexOf('"', close + 1);
    let after = close + 1;
    while (text.charCodeAt(after) <= SPACE) after++;
    if (text.charCodeAt(after) === COLON) members++;
    open = text.indexOf('"', after);
  }
  return members;
}

/** Whether an odd number of backslashes stand before a place. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const place = `line ${line}, column ${at - before.lastIndexOf('\n')}`;
  return at === text.length
    ? `got a text that ends too early, at ${place}`
    : `got something else at ${place}`;
}
