import { Printer } from '#lib/commands/printer.ts';

/** A printer that keeps what it is told. */
export function captured(options: { json?: boolean; colour?: boolean } = {}) {
  const written: string[] = [];
  const { json = false, colour = false } = options;
  return {
    print: new Printer({ json, colour, write: (text) => written.push(text) }),
    text: () => written.join(''),
    document: <T>() => JSON.parse(written.join('')) as T,
  };
}
