import { Command, CommanderError } from 'commander';
import { describeError } from './describe-error.ts';
import { EXIT, Printer } from './printer.ts';

export interface Terminal {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Whether people with colours read what is written. */
  readonly colour: boolean;
  /** Columns of a terminal that can redraw lines; absent for anything else. */
  readonly width?: number | undefined;
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
    new Printer({ json, colour: terminal.colour, width: terminal.width, write: terminal.write });
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
  const command = (usage: string, description: string, parent = program, isDefault = false) =>
    parent
      .command(usage, { isDefault })
      .description(description)
      .option('--json', 'one JSON document instead of text');
  const deployed = (usage: string, description: string, parent = program, isDefault = false) =>
    command(usage, description, parent, isDefault).option(
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

  const waiting = (command: Command) =>
    command
      .option('--follow', 'show a bar a stage, live')
      .option('--wait', 'wait for the end', true)
      .option('--no-wait', 'return as soon as it has been asked for');
  interface Waiting extends Common {
    readonly follow?: boolean;
    readonly wait: boolean;
  }

  waiting(
    deployed('train <model>', 'train on the newest data; exits with 3 when a gate refuses the new version'),
  )
    .option('--as-of <instant>', 'judge ages by this instant, ISO 8601 (default: now)')
    .option('--set <setting=value>', 'change a setting of algorithm or search for this run', collect)
    .option('--reason <text>', 'why, for the record')
    .action(async (model: string, options: Waiting & { asOf?: string; set?: string[]; reason?: string }) => {
      const { train } = await import('./train.ts');
      exitCode = await train(await connect(options), { ...options, model }, printer(options));
    });

  deployed('cancel <model> <run>', 'stop a run, or take it out of those that wait').action(
    async (model: string, runId: string, options: Common) => {
      const { cancel } = await import('./control-run.ts');
      exitCode = await cancel(await connect(options), { model, runId }, printer(options));
    },
  );

  waiting(
    deployed('resume <model> <run>', 'go on with a failed or cancelled run from its failed step'),
  ).action(async (model: string, runId: string, options: Waiting) => {
    const { resume } = await import('./control-run.ts');
    exitCode = await resume(await connect(options), { ...options, model, runId }, printer(options));
  });

  waiting(deployed('reproduce <version>', 'train flights-late@2 again; exits with 4 when a byte differs'))
    .option('--reason <text>', 'why, for the record')
    .action(async (version: string, options: Waiting & { reason?: string }) => {
      const { reproduce } = await import('./reproduce.ts');
      exitCode = await reproduce(await connect(options), { ...options, version }, printer(options));
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

  const runsCommand = program
    .command('runs')
    .description('the runs of a model, one of them, or what differs between two')
    .helpCommand(false);

  // The default: `runs flights-late`. Spelled out it reaches a model that is named as a command is.
  deployed('list <model>', 'the runs of a model, newest first', runsCommand, true)
    .option('--sort <order>', 'started, took, cost, or a metric such as auc: the best first', 'started')
    .action(async (model: string, options: Common & { sort: string }) => {
      const { runs } = await import('./runs.ts');
      exitCode = await runs(await connect(options), { ...options, model }, printer(options));
    });

  deployed('show <model> <run>', 'everything that was recorded of a run or version', runsCommand).action(
    async (model: string, run: string, options: Common) => {
      const { showRun } = await import('./show-run.ts');
      exitCode = await showRun(await connect(options), { model, run }, printer(options));
    },
  );

  deployed('diff <names...>', 'what differs between two versions or runs: [model] A B', runsCommand)
    .option('--html <file>', 'write the comparison as a page with pictures, too')
    .action(async (names: string[], options: Common & { html?: string }) => {
      const { diffRuns } = await import('./diff-runs.ts');
      exitCode = await diffRuns(await connect(options), { ...options, names }, printer(options));
    });

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

const collect = (value: string, before: string[] = []) => [...before, value];
