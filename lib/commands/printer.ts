import { stripVTControlCharacters } from 'node:util';

/** What a command came to, for scripts: README and docs/cli.md name them. */
export const EXIT = { ok: 0, failed: 1, rejected: 2, refused: 3, differs: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface PrinterOptions {
  /** Whether results are one JSON document instead of text. */
  readonly json: boolean;
  readonly colour: boolean;
  /** Columns of a terminal that can redraw lines. @default none: lines come one after another */
  readonly width?: number | undefined;
  readonly write: (text: string) => void;
}

/** Says what a command found: as one JSON document, or as text for people. */
export class Printer {
  readonly #options: PrinterOptions;
  /** Lines of the picture that the next one replaces. */
  #drawn = 0;

  constructor(options: PrinterOptions) {
    this.#options = options;
  }

  /** Whether `draw` shows anything. */
  get canDraw(): boolean {
    return !this.#options.json && this.#options.width !== undefined;
  }

  /** A command's whole result; called once. */
  result(document: unknown, text: () => string): void {
    const { json, write } = this.#options;
    this.#drawn = 0;
    write(`${json ? JSON.stringify(document, null, 2) : this.#decorate(text())}\n`);
  }

  /** News on the way to the result, for people only. */
  progress(text: string): void {
    this.#drawn = 0;
    if (!this.#options.json) this.#options.write(`${this.#decorate(text)}\n`);
  }

  /** Lines in the place of those drawn last, as long as nothing else was said; on a terminal only. */
  draw(lines: readonly string[]): void {
    const { width, write } = this.#options;
    if (!this.canDraw || width === undefined) return;
    const back = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A\u001b[J`;
    // A line that wraps would take two, and the next picture would begin too low.
    write(`${back}${lines.map((line) => `${this.#decorate(clip(line, width))}\n`).join('')}`);
    this.#drawn = lines.length;
  }

  /** What changes by itself: redrawn on a terminal, elsewhere one picture after the other; as JSON a document a line. */
  tick(document: unknown, lines: readonly string[]): void {
    if (this.#options.json) this.#options.write(`${JSON.stringify(document)}\n`);
    else if (this.canDraw) this.draw(lines);
    else this.progress(`${lines.join('\n')}\n`);
  }

  #decorate(text: string): string {
    return this.#options.colour ? text : stripVTControlCharacters(text);
  }
}

function clip(line: string, width: number): string {
  const text = stripVTControlCharacters(line);
  return text.length < width ? line : `${text.slice(0, width - 2)}…`;
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
