import type { Cli, Common } from './cli.ts';

/** Commands that show what was trained. */
export function registerRuns({ program, deployed, connect, printer, exits }: Cli): void {
  const runsCommand = program
    .command('runs')
    .description('the runs of a model, one of them, or what differs between two')
    .helpCommand(false);

  // The default: `runs flights-late`. Spelled out it reaches a model that is named as a command is.
  deployed('list <model>', 'the runs of a model, newest first', runsCommand, true)
    .option('--sort <order>', 'started, took, cost, or a metric such as auc: the best first', 'started')
    .action(
      exits(async (model: string, options: Common & { sort: string }) => {
        const { runs } = await import('./runs.ts');
        return runs(await connect(options), { ...options, model }, printer(options));
      }),
    );

  deployed('show <model> <run>', 'everything that was recorded of a run or version', runsCommand).action(
    exits(async (model: string, run: string, options: Common) => {
      const { showRun } = await import('./show-run.ts');
      return showRun(await connect(options), { model, run }, printer(options));
    }),
  );

  deployed('diff <names...>', 'what differs between two versions or runs: [model] A B', runsCommand)
    .option('--html <file>', 'write the comparison as a page with pictures, too')
    .action(
      exits(async (names: string[], options: Common & { html?: string }) => {
        const { diffRuns } = await import('./diff-runs.ts');
        return diffRuns(await connect(options), { ...options, names }, printer(options));
      }),
    );
}
