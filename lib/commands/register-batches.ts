import type { Cli, Common, Waiting } from './cli.ts';

interface Start extends Waiting {
  readonly version?: string;
  readonly reason?: string;
  readonly out?: string;
}

/** Commands that score whole dataset versions. */
export function registerBatches({ program, deployed, waiting, connect, printer, exits }: Cli): void {
  const batchCommand = program
    .command('batch')
    .description('score every row of a dataset version; cancel and resume that')
    .helpCommand(false);
  const out: [string, string] = ['--out <file>', 'fetch the output: x.parquet is one file, else a folder'];

  // The default: `batch flights-late flights@4`. Spelled out it reaches a model that is named as a command is.
  waiting(deployed('start <model> <dataset>', 'score flights@4, or the newest flights', batchCommand, true))
    .option('--version <version>', 'the version of the model (default: the champion)')
    .option('--reason <text>', 'why, for the record')
    .option(...out)
    .action(
      exits(async (model: string, dataset: string, options: Start) => {
        const { startBatch } = await import('./batch.ts');
        return startBatch(await connect(options), { ...options, model, dataset }, printer(options));
      }),
    );

  deployed('cancel <model> <batch>', 'stop a batch; what is done stays', batchCommand).action(
    exits(async (model: string, batchId: string, options: Common) => {
      const { cancelBatch } = await import('./batch.ts');
      return cancelBatch(await connect(options), { model, batchId }, printer(options));
    }),
  );

  waiting(deployed('resume <model> <batch>', 'go on with a batch that failed or was cancelled', batchCommand))
    .option(...out)
    .action(
      exits(async (model: string, batchId: string, options: Waiting & { out?: string }) => {
        const { resumeBatch } = await import('./batch.ts');
        return resumeBatch(await connect(options), { ...options, model, batchId }, printer(options));
      }),
    );

  deployed('batches <model> [batch]', 'the batches of a model, newest first, or one and how far it is')
    .option(...out)
    .action(
      exits(async (model: string, batchId: string | undefined, options: Common & { out?: string }) => {
        const { batches } = await import('./batches.ts');
        return batches(await connect(options), { ...options, model, batchId }, printer(options));
      }),
    );
}
