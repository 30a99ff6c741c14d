import type { Cli, Common } from './cli.ts';

/** Commands that show a deployment and what was written for it. */
export function registerInspection({ program, command, deployed, connect, printer, exits }: Cli): void {
  deployed('status', 'what is deployed, what it holds, what runs')
    .option('--watch', 'what runs, live, until it is interrupted')
    .option('--every <time>', 'how often --watch looks: 2s, 1m', '2s')
    .action(
      exits(async (options: Common & { watch?: boolean; every: string }) => {
        const { parseDuration } = await import('./arguments.ts');
        const everyMs = parseDuration('--every', options.every);
        if (options.watch) {
          const { watchStatus } = await import('./watch-status.ts');
          return watchStatus(await connect(options), { everyMs }, printer(options));
        }
        const { status } = await import('./status.ts');
        return status(await connect(options), {}, printer(options));
      }),
    );

  deployed('logs [function]', 'what a function, a function of a model, or all of a model logged')
    .option('--model <name>', 'the functions of this model')
    .option('--since <time>', '30s, 10m, 2h, 1d, or an ISO 8601 instant', '10m')
    .action(
      exits(async (functionName: string | undefined, options: Common & { model?: string; since: string }) => {
        const { logs } = await import('./logs.ts');
        return logs(await connect(options), { ...options, functionName }, printer(options));
      }),
    );

  command(
    'spec <name>',
    'a model or dataset with every default',
    program.command('show').description('show a spec').helpCommand(false),
  )
    .option('--project <folder>', 'folder with datasets/ and models/ (default: this project)')
    .action(
      exits(async (name: string, options: Common & { project?: string }) => {
        const { showSpec } = await import('./show-spec.ts');
        return showSpec({ ...options, name }, printer(options));
      }),
    );
}
