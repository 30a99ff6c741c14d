import { atLeastTwo, binary, exactly, type Operation, unary } from './operation.ts';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();

/** Letters A to Z only: what other letters become depends on the Unicode version of each engine. */
function letters(name: string, from: string, to: string): Operation {
  const pattern = new RegExp(`[${from}]`, 'g');
  return {
    usage: `${name}(text)`,
    parameters: exactly('text'),
    result: 'text',
    sql: ([x]) => `translate(${x}, '${from}', '${to}')`,
    js: unary<string>((x) => x.replace(pattern, (letter) => to.charAt(from.indexOf(letter)))),
  };
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

export const textOperations = {
  lower: letters('lower', UPPER, LOWER),
  upper: letters('upper', LOWER, UPPER),
  length: {
    usage: 'length(text)',
    parameters: exactly('text'),
    result: 'number',
    sql: ([x]) => `CAST(length(${x}) AS DOUBLE)`,
    js: unary<string>(codePoints),
  },
  trim: {
    usage: 'trim(text)',
    parameters: exactly('text'),
    result: 'text',
    sql: ([x]) => `trim(${x}, ' ')`,
    js: unary<string>((x) => x.replace(/^ +| +$/g, '')),
  },
  concat: {
    usage: 'concat(a, b, ...)',
    parameters: atLeastTwo('text'),
    result: 'text',
    // DuckDB's own concat skips nulls.
    sql: (args) => `(${args.join(' || ')})`,
    js: (args) => (row) => {
      let text = '';
      for (const evaluate of args) {
        const part = evaluate(row);
        if (part === null) return null;
        text += part;
      }
      return text;
    },
  },
  starts_with: {
    usage: 'starts_with(text, prefix)',
    parameters: exactly('text', 'text'),
    result: 'boolean',
    sql: ([text, prefix]) => `starts_with(${text}, ${prefix})`,
    js: binary<string>((text, prefix) => text.startsWith(prefix)),
  },
} satisfies Record<string, Operation>;
