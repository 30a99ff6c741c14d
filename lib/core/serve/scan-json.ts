import { type FieldProblem, fieldPath } from '../errors.ts';

/** Arrays and objects within each other. */
export const MAX_DEPTH = 32;
/** Problems named in one answer; the rest are as many as the caller's mistakes repeat. */
export const MAX_PROBLEMS = 20;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);
const WORD = /true|false|null/y;

export interface JsonScan {
  /** What a request may not hold, where it was before `end`; a few more than MAX_PROBLEMS at most. */
  readonly problems: readonly FieldProblem[];
  /** Where the text stops to be JSON: its length when it is JSON, or when it ends too early. */
  readonly end: number;
}

/** An array or object that is not closed yet. */
interface Open {
  readonly close: ']' | '}';
  /** Names seen in an object; what is nested too deep is not looked at. */
  readonly names?: Set<string>;
  /** The member that is being read. */
  at: string | number;
}

/** All that is nested too deep, so that it takes no memory. */
const DEEP = { '[': { close: ']', at: 0 }, '{': { close: '}', at: '' } } satisfies Record<string, Open>;

/**
 * Reads a JSON text to its end or its first error (RFC 8259), and names what parseJson refuses. In one pass without
 * recursion, since the text may be nested without end.
 */
export function scanJson(text: string): JsonScan {
  const problems: FieldProblem[] = [];
  const open: Open[] = [];
  let at = 0;

  const refuse = (expected: string, got: string) => {
    if (open.length <= MAX_DEPTH && problems.length < MAX_PROBLEMS) {
      problems.push({ field: fieldPath(open.map((level) => level.at)), expected, got });
    }
  };
  const token = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const next = (): string | undefined => {
    while (SPACES.has(text.charCodeAt(at))) at++;
    return text[at];
  };

  /** Reads a string, quotes included. */
  function readString(): string | undefined {
    const start = at++;
    for (;;) {
      const code = text.charCodeAt(at);
      if (!(code >= 0x20)) return undefined; // a control character, or NaN: the text ends
      if (text[at] === '"') break;
      if (text[at] !== '\\') at++;
      else if (token(ESCAPE) === undefined) return undefined;
    }
    return text.slice(start, ++at);
  }

  /** Reads `"name":`. */
  function readName(level: Open): boolean {
    const quoted = next() === '"' ? readString() : undefined;
    if (quoted === undefined || next() !== ':') return false;
    at++;
    if (!level.names) return true;
    const name = JSON.parse(quoted) as string;
    level.at = name;
    if (level.names.has(name)) refuse('a name once in an object', 'it again');
    if (name === '__proto__') refuse('another name', 'a name with a meaning of its own in JavaScript');
    if (!name.isWellFormed()) refuse('a name in Unicode', 'half of a surrogate pair');
    level.names.add(name);
    return true;
  }

  /** Reads a value, or the beginning of an array or object. */
  function readValue(): boolean {
    const first = next();
    if (first === '{' || first === '[') {
      if (open.length === MAX_DEPTH)
        refuse(`at most ${MAX_DEPTH} arrays and objects within each other`, 'more');
      at++;
      if (open.length >= MAX_DEPTH) open.push(DEEP[first]);
      else open.push(first === '{' ? { close: '}', names: new Set(), at: '' } : { close: ']', at: -1 });
      return true;
    }
    if (first === '"') return readString() !== undefined;
    const number = token(NUMBER);
    if (number === undefined) return token(WORD) !== undefined;
    if (!Number.isFinite(Number(number)))
      refuse('a number of double precision, up to 1.8e308', 'a larger one');
    return true;
  }

  /** Reads what may follow within an array or object: its next member, or its end. */
  function readMember(level: Open, isFirst: boolean): boolean {
    if (next() === level.close) {
      at++;
      open.pop();
      return true;
    }
    if (!isFirst) {
      if (text[at] !== ',') return false;
      at++;
    }
    if (level.close === ']') level.at = (level.at as number) + 1;
    else if (!readName(level)) return false;
    return readValue();
  }

  if (!readValue()) return { problems, end: at };
  for (let depth = 0; open.length > 0; ) {
    const isFirst = open.length > depth;
    depth = open.length;
    if (!readMember(open.at(-1) as Open, isFirst)) return { problems, end: at };
    // What was just closed is a member of the one around it.
    if (open.length < depth) depth = open.length;
  }
  next();
  return { problems, end: at };
}
