import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldPath, InvalidInputError } from '#core/errors.ts';
import { parseJson, parseJsonBytes } from '#core/serve/parse-json.ts';
import { BadRequestError } from '#core/serve/problem-document.ts';
import { problemsOf } from '#test/support/problems.ts';

const refusals = (text: string) => problemsOf('InvalidInputError', () => parseJson(text));
const fields = (text: string) => refusals(text).map(({ field }) => field);
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const lists = (count: number) => Array<number>(count).fill(0);

function badRequest(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof BadRequestError && error.status === 400) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('parseJson', () => {
  it.each([
    ['{"rows":[{"a":1},{"a":1}],"b":1}', '{"rows":[{"a":2,"a":1}]}', 'rows[0].a', 'twice a name'],
    ['{"a":{"a":{"a":1}}}', '{"a":{"a":1,"b":2,"a":3}}', 'a.a', 'twice a name within an object of that name'],
    ['{"a":1,"A":2}', '{"a":1,"\\u0061":2}', 'a', 'twice a name, once escaped'],
    ['{"":1}', '{"":1,"":2}', '[""]', 'twice the empty name'],
    ['{"a":"\\"a\\":1"}', '{"a":"\\\\","a":1}', 'a', 'twice a name after a backslash'],
    ['{"a" : 1 , "b" : 2}', '{"a" : 1 , "a"\n\t: 2}', 'a', 'twice a name with space around'],
    ['{"proto":1}', '{"x":[1,{"__proto__":{"y":1}}]}', 'x[1].__proto__', '__proto__'],
    ['{"_":1}', '{"\\u005f_proto__":1}', '__proto__', '__proto__ in escapes'],
    ['{"\\ud83d\\ude00":1}', '{"\\ud83d":1}', '["\\ud83d"]', 'half a surrogate pair as a name'],
    ['{"\ud83d\ude00":1}', '{"\ud83d":1}', '["\\ud83d"]', 'half a surrogate pair as it is'],
    ['["\\ud83d"]', '[{"a\\ude00b":1}]', '[0]["a\\ude00b"]', 'half a surrogate pair in a name'],
    ['[1e308]', '[1,{"a":1e400}]', '[1].a', 'a number beyond double precision'],
    ['[1e-400]', '[-1e400]', '[0]', 'a negative number beyond double precision'],
    [`[${'9'.repeat(308)}]`, `[${'9'.repeat(400)}]`, '[0]', 'a number of very many digits'],
    [nested(32), nested(33), fieldPath(lists(32)), 'lists nested deeper than 32'],
    [
      '{"a":'.repeat(32) + 1 + '}'.repeat(32),
      '{"a":'.repeat(33) + 1 + '}'.repeat(33),
      Array(32).fill('a').join('.'),
      'objects nested deeper than 32',
    ],
  ])('takes %s and refuses %s at %s: %s', (taken, refused, field) => {
    expect(parseJson(taken)).toEqual(JSON.parse(taken));
    expect(fields(refused)).toEqual([field]);
  });

  it('says what was expected of each place, in the order of the text, and no value', () => {
    expect(refusals('{"a":1,"b":[1e999],"a":{"__proto__":"secret"}}')).toEqual([
      { field: 'b[0]', expected: 'a number of double precision, up to 1.8e308', got: 'a larger one' },
      { field: 'a', expected: 'a name once in an object', got: 'it again' },
      {
        field: 'a.__proto__',
        expected: 'another name',
        got: 'a name with a meaning of its own in JavaScript',
      },
    ]);
  });

  it('looks no further into what is nested too deep', () => {
    expect(fields(`${'['.repeat(40)}1e999${']'.repeat(40)}`)).toEqual([fieldPath(lists(32))]);
    expect(fields(`${'{"a":'.repeat(40)}{"b":1,"b":1}${'}'.repeat(40)}`)).toHaveLength(1);
  });

  it('names twenty problems at most', () => {
    expect(fields(`[${Array(100).fill('1e999').join()}]`)).toHaveLength(20);
    expect(fields(`[${Array(100).fill(nested(40)).join()}]`)).toHaveLength(20);
  });

  it.each([
    ['', 'got a text that ends too early, at line 1, column 1'],
    ['  ', 'got a text that ends too early, at line 1, column 3'],
    ['{"rows":[', 'got a text that ends too early, at line 1, column 10'],
    ['{"rows"', 'got a text that ends too early, at line 1, column 8'],
    ['{"rows', 'got a text that ends too early, at line 1, column 7'],
    ['"\\u12', 'got something else at line 1, column 2'],
    ['{\n  "a": 1,\n  "b": NaN\n}', 'got something else at line 3, column 8'],
    ['{"a":1,}', 'got something else at line 1, column 8'],
    ['[1,]', 'got something else at line 1, column 4'],
    ['[,1]', 'got something else at line 1, column 2'],
    ['[1 2]', 'got something else at line 1, column 4'],
    ['[01]', 'got something else at line 1, column 3'],
    ['[1]]', 'got something else at line 1, column 4'],
    ['[1}', 'got something else at line 1, column 3'],
    ["{'a':1}", 'got something else at line 1, column 2'],
    ['{"a" 1}', 'got something else at line 1, column 6'],
    ['"a\tb"', 'got something else at line 1, column 3'],
    ['"\\x"', 'got something else at line 1, column 2'],
    ['\ufeff{}', 'got something else at line 1, column 1'],
    ['rows=1', 'got something else at line 1, column 1'],
    [`${'['.repeat(40)}x`, 'got something else at line 1, column 41'],
    [`${'{"a":'.repeat(40)}1}]`, 'got something else at line 1, column 203'],
  ])('says where %j stops to be JSON', (text, message) => {
    expect(badRequest(() => parseJson(text))).toBe(`the body must be JSON in UTF-8, ${message}`);
  });

  it('repeats nothing of a text that is no JSON', () => {
    expect(badRequest(() => parseJson('{"name":"secret",}'))).not.toContain('secret');
  });

  it('bears any depth and size of two million characters', () => {
    const size = 2_000_000;
    const deep = nested(size / 2);
    expect(fields(deep)).toEqual([fieldPath(lists(32))]);
    expect(fields('{"a":'.repeat(size / 6) + 1 + '}'.repeat(size / 6))).toHaveLength(1);
    expect(badRequest(() => parseJson('['.repeat(size)))).toContain(`column ${size + 1}`);
    expect(badRequest(() => parseJson(`"${'\\'.repeat(size + 1)}"`))).toContain('ends too early');
    expect(parseJson(`"${'\\'.repeat(size)}"`)).toHaveLength(size / 2);
    const names = Array.from({ length: size / 20 }, (_, index) => `"name-${index}":1`).join();
    expect(fields(`{${names},"name-7":2}`)).toEqual(['["name-7"]']);
  });

  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    fc.constantFrom('1e400', '-1E+999', '1e-999', '0', '-0', '12.50', '1'.repeat(400)),
  );
  const char = fc.constantFrom('a', 'b', '"', '\\', ':', '{', ' ', '\n', 'ü', '😀', '\ud83d', '_', ',', ']');
  const quoted = fc
    .tuple(fc.string({ unit: char, maxLength: 4 }), fc.boolean())
    .map(([text, isEscaped]) =>
      isEscaped
        ? `"${[...Array(text.length).keys()].map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`
        : JSON.stringify(text),
    );
  const name = fc.oneof(quoted, fc.constantFrom('"__proto__"', '"constructor"', '"a"', '"rows"', '"0"'));
  const space = fc.constantFrom('', '', ' ', '\n\t');
  type Node = string | Node[] | { members: (readonly [name: string, value: Node])[] };
  const { node } = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(number, quoted, fc.constantFrom('true', 'false', 'null')),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.array(fc.tuple(name, tie('node')), { maxLength: 4 }).map((members) => ({ members })),
    ),
  }));
  const write = (node: Node, gap: string): string => {
    if (typeof node === 'string') return gap + node + gap;
    if (Array.isArray(node)) return `[${node.map((item) => write(item, gap)).join()}${gap}]`;
    return `{${node.members.map(([name, value]) => `${gap}${name}${gap}:${write(value, gap)}`).join()}${gap}}`;
  };
  /** Paths of what must be refused, from the tree and not from its text. */
  const refusedIn = (node: Node, path: (string | number)[]): string[] => {
    if (typeof node === 'string') {
      const value = JSON.parse(node) as unknown;
      return typeof value === 'number' && !Number.isFinite(value) ? [fieldPath(path)] : [];
    }
    if (Array.isArray(node)) return node.flatMap((item, index) => refusedIn(item, [...path, index]));
    const names = node.members.map(([name]) => JSON.parse(name) as string);
    return node.members.flatMap(([, value], index) => {
      const name = names[index] as string;
      const here = [...path, name];
      const wrong = [names.indexOf(name) < index, name === '__proto__', !name.isWellFormed()];
      return [...wrong.filter(Boolean).map(() => fieldPath(here)), ...refusedIn(value, here)];
    });
  };

  it('takes what JSON.parse takes, with its value, but for what it refuses', () => {
    fc.assert(
      fc.property(node, space, (tree, gap) => {
        const text = write(tree, gap);
        const refused = refusedIn(tree, []);
        if (refused.length === 0) expect(parseJson(text)).toEqual(JSON.parse(text));
        else expect(fields(text)).toEqual(refused.slice(0, 20));
      }),
      { numRuns: 1000 },
    );
  });

  it('says of any text what JSON.parse says, refusals aside', () => {
    const edit = fc.tuple(
      fc.nat(200),
      fc.nat(3),
      fc.oneof(char, fc.constantFrom('1', 'e', '.', '-', '[', '}', 't', 'u', '\0')),
    );
    fc.assert(
      fc.property(node, space, fc.array(edit, { maxLength: 3 }), (tree, gap, edits) => {
        const text = edits.reduce(
          (text, [at, length, more]) => text.slice(0, at) + more + text.slice(at + length),
          write(tree, gap),
        );
        let expected: { value: unknown } | undefined;
        try {
          expected = { value: JSON.parse(text) };
        } catch {
          // It is no JSON.
        }
        try {
          expect({ value: parseJson(text) }).toEqual(expected);
        } catch (error) {
          if (error instanceof BadRequestError) expect(expected).toBeUndefined();
          else if (error instanceof InvalidInputError) {
            expect(expected).toBeDefined();
            expect(error.problems.length).toBeGreaterThan(0);
          } else throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('parseJsonBytes', () => {
  const gzip = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);

  it('reads UTF-8', () => {
    expect(parseJsonBytes(Buffer.from('{"city":"Zürich 😀"}'))).toEqual({ city: 'Zürich 😀' });
  });

  it.each([
    ['half a character', Buffer.from('"ü"').subarray(0, 2)],
    ['Latin-1', Buffer.from('"ü"', 'latin1')],
    ['a surrogate in UTF-8', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ['a character in more bytes than it takes', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)],
    ['UTF-16 with its mark', Buffer.from('\ufeff{}', 'utf16le')],
    ['gzip', gzip],
  ])('refuses %s as not UTF-8', (_, bytes) => {
    expect(badRequest(() => parseJsonBytes(bytes))).toMatch(/got bytes that are not UTF-8$/);
  });

  it.each([
    ['UTF-16 without its mark', Buffer.from('{}', 'utf16le'), 2],
    ['UTF-32', Uint8Array.of(0, 0, 0, 0x7b), 1],
    ['a byte order mark', Buffer.from('\ufeff{}'), 1],
  ])('refuses %s as no JSON', (_, bytes, column) => {
    expect(badRequest(() => parseJsonBytes(bytes))).toMatch(
      new RegExp(`something else at line 1, column ${column}$`),
    );
  });
});
