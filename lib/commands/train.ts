import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Execution } from '#lib/client/executions.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, parseInstant, requireKnown } from './arguments.ts';
import { decimals, seconds } from './format.ts';
import { EXIT, type ExitCode, green, type Printer, plain, red, yellow } from './printer.ts';
import { list } from './table.ts';

const EVERY_MS = 500;

export interface TrainOptions {
  readonly model: string;
  /** Whether to wait for the end. @default true */
  readonly wait?: boolean;
  /** The instant that ages and windows are judged by, ISO 8601. @default when it starts */
  readonly asOf?: string;
  /** Who asks. @default the user of this machine */
  readonly by?: string;
}

/** What `train-model` ends with. */
interface Trained {
  readonly version: number;
  readonly status: 'promoted' | 'refused';
  readonly metrics: Readonly<Record<string, number>>;
  readonly verdict: readonly string[];
}

type Client = Pick<LeeboardClient, 'outputs' | 'start' | 'execution' | 'states'>;

/** `leeboard train`: trains a model on its newest data and says what its gates said. */
export async function train(
  client: Client,
  { model, wait = true, asOf, by = userInfo().username }: TrainOptions,
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  const input = { by, ...(asOf !== undefined && { asOf: parseInstant('--as-of', asOf) }) };
  const execution = await client.start('train-model', model, input);
  if (!wait) {
    print.result({ model, status: 'started', execution }, () => `started ${execution}`);
    return EXIT.ok;
  }
  print.progress(`training ${model}`);
  const { status, output, error, cause } = await follow(client, execution, print);
  if (status !== 'SUCCEEDED') {
    const failure = { name: error ?? status, message: cause ?? '' };
    print.result(
      { model, status: 'failed', execution, error: failure },
      () => `${red('failed')}: ${plain(`${failure.name}: ${failure.message}`)}`,
    );
    return EXIT.failed;
  }
  const trained = output as Trained;
  print.result({ model, execution, ...trained }, () => describeTrained(model, trained));
  return trained.status === 'promoted' ? EXIT.ok : EXIT.refused;
}

/** Tells each state when it is entered, with the time since the start. @returns the ended execution */
async function follow(client: Client, arn: string, print: Printer): Promise<Execution> {
  let told = 0;
  for (;;) {
    const found = await client.execution(arn);
    const states = await client.states(arn);
    for (const { state, enteredAt } of states.slice(told)) {
      print.progress(`${seconds(states[0]?.enteredAt ?? enteredAt, enteredAt).padStart(9)}  ${state}`);
    }
    told = states.length;
    if (found.status !== 'RUNNING') return found;
    await sleep(EVERY_MS);
  }
}

function describeTrained(model: string, { version, status, metrics, verdict }: Trained): string {
  const headline =
    status === 'promoted'
      ? `${green('promoted')}: ${model}@${version} is the champion`
      : `${yellow('refused')}: ${model}@${version} did not pass its gates; the champion stays`;
  const values = Object.entries(metrics).map(
    ([name, value]) => [`  ${name}`, Number.isInteger(value) ? String(value) : decimals(value)] as const,
  );
  return [headline, ...verdict.map((sentence) => `  ${plain(sentence)}`), '', list(values)].join('\n');
}
