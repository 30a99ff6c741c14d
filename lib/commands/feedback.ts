import { readFile } from 'node:fs/promises';
import { readTruthFile } from '#adapters/truth-file.ts';
import { type FeedbackAnswer, MAX_TRUTHS } from '#core/api/truth.ts';
import { NotFoundError } from '#core/errors.ts';
import type { TruthLine } from '#core/serve/check-truth-line.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { TruthColumns } from '#core/serve/truth-csv.ts';
import { ApiError } from '#lib/client/errors.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, requireKnown } from './arguments.ts';
import { count } from './format.ts';
import { EXIT, type ExitCode, green, type Printer, plain, red } from './printer.ts';

export interface FeedbackOptions {
  readonly model: string;
  /** CSV or JSON Lines, or one JSON document: `{"truths": [...]}` or an array. */
  readonly file: string;
}

type Client = Pick<LeeboardClient, 'outputs' | 'model' | 'version' | 'stored' | 'feedback'>;

/** `leeboard feedback`: sends a file of truths through the API, a thousand at a time. */
export async function feedback(
  client: Client,
  { model, file }: FeedbackOptions,
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  const lines = await readLines(client, model, file);
  const unreadable = lines.find((line) => !('told' in line));
  if (unreadable && 'field' in unreadable) {
    return reject(print, [describeLine(unreadable)], { accepted: 0, repeated: 0 });
  }
  const sent = { accepted: 0, repeated: 0 };
  for (let start = 0; start < lines.length; start += MAX_TRUTHS) {
    const piece = lines.slice(start, start + MAX_TRUTHS);
    try {
      const answer = await client.feedback(
        model,
        piece.map((line) => ('told' in line ? line.told : null)),
      );
      sent.accepted += answer.accepted;
      sent.repeated += answer.repeated;
    } catch (error) {
      const wrong = wrongLines(error, piece);
      if (wrong.length === 0) throw error;
      return reject(print, wrong, sent);
    }
  }
  print.result({ status: 'accepted', model, ...sent }, () => `${green('accepted')}: ${describeSent(sent)}`);
  return EXIT.ok;
}

async function readLines(client: Client, model: string, file: string): Promise<TruthLine[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new NotFoundError(`${file} is not a file that can be read`);
  });
  const document = /^\s*[[{]/.test(text) ? parseDocument(text) : undefined;
  if (document) return document.map((told, index) => ({ line: index + 1, told }));
  const columns = await columnsOf(client, model);
  const lines: TruthLine[] = [];
  for await (const line of readTruthFile(file, columns)) lines.push(line);
  return lines;
}

/** The truths of one JSON document; undefined for JSON Lines. */
function parseDocument(text: string): readonly unknown[] | undefined {
  try {
    const document = JSON.parse(text) as { truths?: unknown };
    if (Array.isArray(document)) return document;
    return Array.isArray(document.truths) ? document.truths : [document];
  } catch {
    return undefined;
  }
}

/** What the fields of a CSV file are, as the champion's signature has them. */
async function columnsOf(client: Client, model: string): Promise<TruthColumns> {
  const { champion } = await client.model(model);
  if (champion === null) throw new NotFoundError(`${model} has no champion yet, so nothing was predicted`);
  const { bundle } = await client.version(model, champion);
  const { task, inputs, carried, key } = await client.stored<Signature>(bundle.files['signature.json']);
  const columns = [...inputs, ...carried].filter(({ name }) => key.includes(name));
  return { task, key: Object.fromEntries(columns.map(({ name, column }) => [name, column.type])) };
}

/** The API's problems by the file's lines; none when the error is of another kind. */
function wrongLines(error: unknown, piece: readonly TruthLine[]): string[] {
  if (!(error instanceof ApiError)) return [];
  return (error.problem.errors ?? []).map(({ field, expected, got }) => {
    const [, index = '0', rest = ''] = /^truths\[(\d+)\]\.?(.*)$/.exec(field) ?? [];
    const inLines = expected.replace(
      /truths\[(\d+)\]/g,
      (_, other: string) => `line ${lineOf(piece, other)}`,
    );
    return `${describeLine({ line: lineOf(piece, index), field: rest, expected: inLines })}, got ${got}`;
  });
}

const lineOf = (piece: readonly TruthLine[], index: string) => piece[Number(index)]?.line ?? 0;

const describeLine = ({ line, field, expected }: { line: number; field: string; expected: string }) =>
  `line ${line}${field ? `, ${field}` : ''}: expected ${expected}`;

function reject(print: Printer, wrong: readonly string[], sent: FeedbackAnswer): ExitCode {
  print.result({ status: 'rejected', wrong, ...sent }, () =>
    [
      `${red('rejected')}: ${wrong.length === 1 ? 'a line is' : 'lines are'} wrong`,
      ...wrong.map((line) => `  ${plain(line)}`),
      `before: ${describeSent(sent)}`,
    ].join('\n'),
  );
  return EXIT.rejected;
}

const describeSent = ({ accepted, repeated }: FeedbackAnswer) =>
  `${count(accepted)} truths kept${repeated > 0 ? `, ${count(repeated)} told before` : ''}`;
