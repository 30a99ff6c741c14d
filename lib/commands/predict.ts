import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { NotFoundError } from '#core/errors.ts';
import type { Prediction } from '#core/serve/answer.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, requireKnown, UsageError } from './arguments.ts';
import { decimals } from './format.ts';
import { EXIT, type ExitCode, type Printer, plain } from './printer.ts';
import { type TableRow, table } from './table.ts';

export interface PredictOptions {
  readonly model: string;
  /** A JSON or JSON Lines file, or `-` for standard input. */
  readonly file?: string;
  /** Whether to print a body that the model answers instead. */
  readonly example?: boolean;
}

type Client = Pick<LeeboardClient, 'outputs' | 'model' | 'predict'>;

/** `leeboard predict`: asks a model's champion. */
export async function predict(
  client: Client,
  { model, file, example = false }: PredictOptions,
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  if (example) {
    const { input } = await client.model(model);
    if (!input) throw new NotFoundError(`${model} has no champion yet: run "npx leeboard train ${model}"`);
    print.result(input.example, () => JSON.stringify(input.example, null, 2));
    return EXIT.ok;
  }
  if (file === undefined) {
    throw new UsageError(
      'expected a file of rows, or - for standard input; --example prints a body to start from',
    );
  }
  const answer = await client.predict(model, parseBody(await read(file)));
  print.result(answer, () =>
    [
      `${answer.model}@${answer.version}, prediction ${answer.predictionId}`,
      '',
      table(
        answer.predictions.map((prediction, index) => ({
          row: String(index),
          ...describePrediction(prediction),
        })),
      ),
    ].join('\n'),
  );
  return EXIT.ok;
}

/** A prediction's cells: what its task gives. */
export function describePrediction(prediction: Prediction): TableRow {
  if ('value' in prediction) return { value: String(Number(prediction.value.toPrecision(6))) };
  if ('label' in prediction) {
    const { label, probabilities } = prediction;
    return { label: plain(label), probability: decimals(probabilities[label]) };
  }
  return {
    probability: decimals(prediction.probability),
    margin: decimals(prediction.margin),
    positive: prediction.positive ? 'yes' : 'no',
  };
}

function read(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  return readFile(file, 'utf8').catch(() => {
    throw new NotFoundError(`${file} is not a file that can be read`);
  });
}

/**
 * The rows of a body: `{"rows": [...]}`, an array of rows, one row, or JSON Lines with a row a line. What the
 * rows hold is for the API to judge.
 * @throws UsageError when it is none of them
 */
export function parseBody(body: string): unknown[] {
  const whole = parseJson(body);
  if (Array.isArray(whole)) return whole;
  if (isRecord(whole)) return Array.isArray(whole.rows) ? whole.rows : [whole];
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  const rows = lines.map(parseJson);
  const wrong = rows.findIndex((row) => !isRecord(row));
  if (rows.length === 0 || wrong >= 0) {
    const where = rows.length > 1 ? `; line ${wrong + 1} is no row` : '';
    throw new UsageError(
      `expected {"rows": [...]}, an array of rows, one row, or JSON Lines with a row a line${where}`,
    );
  }
  return rows;
}

/** @returns undefined for what is not JSON */
function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
