import { Printer } from '#lib/commands/printer.ts';

/** A printer that keeps what it is told. */
export function captured(options: { json?: boolean; colour?: boolean; width?: number } = {}) {
  const written: string[] = [];
  const { json = false, colour = false, width } = options;
  return {
    print: new Printer({ json, colour, width, write: (text) => written.push(text) }),
    text: () => written.join(''),
    document: <T>() => JSON.parse(written.join('')) as T,
  };
}
