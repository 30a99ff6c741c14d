import type { Cli, Common } from './cli.ts';

/** Commands about the loop that trains a model again. */
export function registerRetraining({ deployed, connect, printer, exits }: Cli): void {
  deployed(
    'why <model> [decision]',
    'what was decided about training it again, also what not to do, and why',
  ).action(
    exits(async (model: string, decision: string | undefined, options: Common) => {
      const { why } = await import('./why.ts');
      return why(await connect(options), { model, decision }, printer(options));
    }),
  );

  deployed('retrain <model>', 'ask the loop to train it now, on the rows that do best')
    .option('--reason <text>', 'why, for the record')
    .option('--no-wait', 'return as soon as it has been asked for')
    .action(
      exits(async (model: string, options: Common & { reason?: string; wait: boolean }) => {
        const { retrain } = await import('./retrain.ts');
        return retrain(await connect(options), { ...options, model }, printer(options));
      }),
    );
}
