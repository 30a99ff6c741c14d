import { Command, CommanderError } from 'commander';
import { describeError } from './describe-error.ts';
import { EXIT, Printer } from './printer.ts';

export interface Terminal {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Whether people with colours read what is written. */
  readonly colour: boolean;
  /** Whether errors bring their stack traces. */
  readonly debug: boolean;
}

interface Common {
  readonly json?: boolean;
  readonly outputs?: string;
}

type Client = import('#lib/client/leeboard-client.ts').LeeboardClient;

/**
 * Runs `leeboard` once. Each command is loaded when it is called.
 * @param argv arguments after the command's own name
 * @returns the exit code
 */
export async function leeboard(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.ok;
  let endpoint: string | null = null;
  const printer = ({ json = false }: Common) =>
    new Printer({ json, colour: terminal.colour, write: terminal.write });
  const connect = async ({ outputs: file }: Common): Promise<Client> => {
    const { readOutputs } = await import('#lib/client/outputs.ts');
    const { LeeboardClient } = await import('#lib/client/leeboard-client.ts');
    const outputs = readOutputs(file);
    endpoint = outputs.endpoint;
    return new LeeboardClient(outputs);
  };

  const program = new Command('leeboard')
    .description('Drops data, trains, predicts and watches: the command of a Leeboard deployment.')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: terminal.write,
      writeErr: terminal.writeError,
      outputError: (text, write) => write(text.replace(/^error: /, 'UsageError: ')),
    });
  const command = (usage: string, description: string, parent = program) =>
    parent.command(usage).description(description).option('--json', 'one JSON document instead of text');
  const deployed = (usage: string, description: string) =>
    command(usage, description).option(
      '--outputs <file>',
      'the deployment to use (default: .leeboard/outputs.json)',
    );

  deployed('status', 'what is deployed, what it holds, what runs').action(async (options: Common) => {
    const { status } = await import('./status.ts');
    exitCode = await status(await connect(options), {}, printer(options));
  });

  deployed('drop <file>', 'drop a file into a dataset; exits with 2 when it is rejected')
    .requiredOption('--dataset <name>', 'the dataset')
    .option('--name <name>', "the drop's name (default: the file's own)")
    .option('--wait', 'wait until it is a version, a duplicate or rejected', true)
    .option('--no-wait', 'return as soon as it is dropped')
    .action(async (file: string, options: Common & { dataset: string; name?: string; wait: boolean }) => {
      const { drop } = await import('./drop.ts');
      exitCode = await drop(await connect(options), { ...options, file }, printer(options));
    });

  deployed('train <model>', 'train on the newest data; exits with 3 when a gate refuses the new version')
    .option('--as-of <instant>', 'judge ages by this instant, ISO 8601 (default: now)')
    .option('--wait', 'wait for the end', true)
    .option('--no-wait', 'return as soon as it has started')
    .action(async (model: string, options: Common & { asOf?: string; wait: boolean }) => {
      const { train } = await import('./train.ts');
      exitCode = await train(await connect(options), { ...options, model }, printer(options));
    });

  deployed(
    'predict <model> [file]',
    'ask the champion about rows of a JSON or JSON Lines file, or - for stdin',
  )
    .option('--example', 'print a body that the model answers')
    .action(async (model: string, file: string | undefined, options: Common & { example?: boolean }) => {
      const { predict } = await import('./predict.ts');
      exitCode = await predict(await connect(options), { ...options, model, file }, printer(options));
    });

  deployed('runs <model>', 'the runs of a model, newest first').action(
    async (model: string, options: Common) => {
      const { runs } = await import('./runs.ts');
      exitCode = await runs(await connect(options), { model }, printer(options));
    },
  );

  deployed('logs [function]', 'what a function, or all functions of a model, logged')
    .option('--model <name>', 'the functions of this model')
    .option('--since <time>', '30s, 10m, 2h, 1d, or an ISO 8601 instant', '10m')
    .action(async (functionName: string | undefined, options: Common & { model?: string; since: string }) => {
      const { logs } = await import('./logs.ts');
      exitCode = await logs(await connect(options), { ...options, functionName }, printer(options));
    });

  command(
    'spec <name>',
    'a model or dataset with every default',
    program.command('show').description('show a spec').helpCommand(false),
  )
    .option('--project <folder>', 'folder with datasets/ and models/ (default: this project)')
    .action(async (name: string, options: Common & { project?: string }) => {
      const { showSpec } = await import('./show-spec.ts');
      exitCode = await showSpec({ ...options, name }, printer(options));
    });

  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    terminal.writeError(`${describeError(error, endpoint)}\n`);
    if (terminal.debug && error instanceof Error) terminal.writeError(`${error.stack}\n`);
    return EXIT.failed;
  }
}
