import { stripVTControlCharacters } from 'node:util';

/** What a command came to, for scripts: README and docs/cli.md name them. */
export const EXIT = { ok: 0, failed: 1, rejected: 2, refused: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface PrinterOptions {
  /** Whether results are one JSON document instead of text. */
  readonly json: boolean;
  readonly colour: boolean;
  readonly write: (text: string) => void;
}

/** Says what a command found: as one JSON document, or as text for people. */
export class Printer {
  readonly #options: PrinterOptions;

  constructor(options: PrinterOptions) {
    this.#options = options;
  }

  /** A command's whole result; called once. */
  result(document: unknown, text: () => string): void {
    const { json, write } = this.#options;
    write(`${json ? JSON.stringify(document, null, 2) : this.#decorate(text())}\n`);
  }

  /** News on the way to the result, for people only. */
  progress(text: string): void {
    if (!this.#options.json) this.#options.write(`${this.#decorate(text)}\n`);
  }

  #decorate(text: string): string {
    return this.#options.colour ? text : stripVTControlCharacters(text);
  }
}

const paint = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;
export const bold = paint(1);
export const red = paint(31);
export const green = paint(32);
export const yellow = paint(33);

/** Text of others on one line, without what moves a terminal's cursor or changes its colours. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
