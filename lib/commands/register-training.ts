import type { Cli, Common, Waiting } from './cli.ts';

/** Commands that train, and those that stop and repeat it. */
export function registerTraining({ deployed, waiting, connect, printer, exits }: Cli): void {
  waiting(
    deployed('train <model>', 'train on the newest data; exits with 3 when a gate refuses the new version'),
  )
    .option('--as-of <instant>', 'judge ages by this instant, ISO 8601 (default: now)')
    .option(
      '--set <setting=value>',
      'change a setting of algorithm or search, or since, for this run',
      collect,
    )
    .option('--reason <text>', 'why, for the record')
    .action(
      exits(async (model: string, options: Waiting & { asOf?: string; set?: string[]; reason?: string }) => {
        const { train } = await import('./train.ts');
        return train(await connect(options), { ...options, model }, printer(options));
      }),
    );

  deployed('cancel <model> <run>', 'stop a run, or take it out of those that wait').action(
    exits(async (model: string, runId: string, options: Common) => {
      const { cancel } = await import('./control-run.ts');
      return cancel(await connect(options), { model, runId }, printer(options));
    }),
  );

  waiting(
    deployed('resume <model> <run>', 'go on with a failed or cancelled run from its failed step'),
  ).action(
    exits(async (model: string, runId: string, options: Waiting) => {
      const { resume } = await import('./control-run.ts');
      return resume(await connect(options), { ...options, model, runId }, printer(options));
    }),
  );

  waiting(deployed('reproduce <version>', 'train flights-late@2 again; exits with 4 when a byte differs'))
    .option('--reason <text>', 'why, for the record')
    .action(
      exits(async (version: string, options: Waiting & { reason?: string }) => {
        const { reproduce } = await import('./reproduce.ts');
        return reproduce(await connect(options), { ...options, version }, printer(options));
      }),
    );
}

const collect = (value: string, before: string[] = []) => [...before, value];
