import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, parseSince, requireKnown, UsageError } from './arguments.ts';
import { EXIT, type ExitCode, type Printer, plain } from './printer.ts';

export interface LogsOptions {
  /** A function, such as `validate-file`; of a model, such as `predict`. */
  readonly functionName?: string;
  /** All functions of this model, or the one that is named beside it. */
  readonly model?: string;
  /** `10m`, `2h`, or an ISO 8601 instant. @default '10m' */
  readonly since?: string;
  readonly now?: Date;
}

/** `leeboard logs`: what functions logged, oldest first. */
export async function logs(
  client: Pick<LeeboardClient, 'outputs' | 'functions' | 'logs'>,
  { functionName, model, since = '10m', now = new Date() }: LogsOptions,
  print: Printer,
): Promise<ExitCode> {
  const start = parseSince(since, now.getTime());
  const functions = await client.functions();
  const wanted = chooseFunctions(functions, deployedModels(client.outputs), { functionName, model });
  const lines = await Promise.all(
    wanted.map(async (name) =>
      (await client.logs(name, start)).map((line) => ({
        at: line.at,
        function: name,
        message: line.message,
      })),
    ),
  );
  const found = lines
    .flat()
    .filter(({ message }) => message.trim() !== '')
    .sort((a, b) => a.at.localeCompare(b.at));
  print.result(
    { functions: wanted, since: new Date(start).toISOString(), lines: found },
    () =>
      found.map((line) => `${line.at}  ${line.function}  ${plain(line.message)}`).join('\n') ||
      `${wanted.join(', ')} logged nothing since ${new Date(start).toISOString()}`,
  );
  return EXIT.ok;
}

/** @throws UsageError when neither is given, or the model has no such function; NotFoundError for what does not exist */
export function chooseFunctions(
  functions: readonly string[],
  models: readonly string[],
  { functionName, model }: Pick<LogsOptions, 'functionName' | 'model'>,
): string[] {
  if (functionName === undefined && model === undefined) {
    throw new UsageError(`expected a function or --model; functions: ${functions.join(', ')}`);
  }
  if (model !== undefined) {
    requireKnown('model', model, models);
    const own = functions.filter((name) => ownerOf(name, models) === model);
    if (functionName === undefined) return own;
    if (own.includes(`${model}-${functionName}`)) return [`${model}-${functionName}`];
    const short = own.map((name) => name.slice(model.length + 1)).join(', ');
    throw new UsageError(
      `expected a function of ${model} beside --model, one of ${short}, got: ${functionName}`,
    );
  }
  requireKnown('function', functionName as string, functions);
  return [functionName as string];
}

/** A function of a model is named `<model>-<handler>`; one model's name may begin with another's. */
function ownerOf(functionName: string, models: readonly string[]): string | undefined {
  return models
    .filter((model) => functionName.startsWith(`${model}-`))
    .sort((a, b) => b.length - a.length)[0];
}
