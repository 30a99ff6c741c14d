import { Command, CommanderError } from 'commander';
import type { Cli } from './cli.ts';
import { describeError } from './describe-error.ts';
import { EXIT, Printer } from './printer.ts';
import { registerApprovals } from './register-approvals.ts';
import { registerBatches } from './register-batches.ts';
import { registerData } from './register-data.ts';
import { registerInspection } from './register-inspection.ts';
import { registerMonitoring } from './register-monitoring.ts';
import { registerRetraining } from './register-retraining.ts';
import { registerRollouts } from './register-rollouts.ts';
import { registerRuns } from './register-runs.ts';
import { registerServing } from './register-serving.ts';
import { registerTraining } from './register-training.ts';
import { registerTruth } from './register-truth.ts';

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

/**
 * Runs `leeboard` once. Each command is loaded when it is called.
 * @param argv arguments after the command's own name
 * @returns the exit code
 */
export async function leeboard(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.ok;
  let endpoint: string | null = null;
  const printer: Cli['printer'] = ({ json = false }) =>
    new Printer({ json, colour: terminal.colour, width: terminal.width, write: terminal.write });
  const connect: Cli['connect'] = async ({ outputs: file }) => {
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
  const command: Cli['command'] = (usage, description, parent = program, isDefault = false) =>
    parent
      .command(usage, { isDefault })
      .description(description)
      .option('--json', 'one JSON document instead of text');
  const cli: Cli = {
    program,
    command,
    deployed: (usage, description, parent, isDefault) =>
      command(usage, description, parent, isDefault).option(
        '--outputs <file>',
        'the deployment to use (default: .leeboard/outputs.json)',
      ),
    waiting: (waited) =>
      waited
        .option('--follow', 'show a bar a stage, live')
        .option('--wait', 'wait for the end', true)
        .option('--no-wait', 'return as soon as it has been asked for'),
    connect,
    printer,
    exits:
      (action) =>
      async (...given) => {
        exitCode = await action(...given);
      },
  };
  registerInspection(cli);
  registerData(cli);
  registerTraining(cli);
  registerServing(cli);
  registerRollouts(cli);
  registerApprovals(cli);
  registerRetraining(cli);
  registerMonitoring(cli);
  registerTruth(cli);
  registerBatches(cli);
  registerRuns(cli);

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
