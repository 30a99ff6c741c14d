import type { Command } from 'commander';
import type { ExitCode, Printer } from './printer.ts';

/** Options that every command has. */
export interface Common {
  readonly json?: boolean;
  readonly outputs?: string;
}

/** Options of commands that start something that takes a while. */
export interface Waiting extends Common {
  readonly follow?: boolean;
  readonly wait: boolean;
}

type Client = import('#lib/client/leeboard-client.ts').LeeboardClient;

/** What the commands of `leeboard` are registered with. Each is loaded when it is called. */
export interface Cli {
  readonly program: Command;
  /** A command of this project, which needs no deployment. */
  command(usage: string, description: string, parent?: Command, isDefault?: boolean): Command;
  /** A command that speaks to a deployment. */
  deployed(usage: string, description: string, parent?: Command, isDefault?: boolean): Command;
  /** Adds the options of `Waiting`. */
  waiting(command: Command): Command;
  connect(options: Common): Promise<Client>;
  printer(options: Common): Printer;
  /** An action whose exit code is the program's. */
  exits<Arguments extends unknown[]>(
    action: (...given: Arguments) => Promise<ExitCode>,
  ): (...given: Arguments) => Promise<void>;
}
