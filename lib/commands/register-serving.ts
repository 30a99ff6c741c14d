import type { Cli, Common } from './cli.ts';

/** Commands that ask models. */
export function registerServing({ deployed, connect, printer, exits }: Cli): void {
  deployed(
    'predict <model> [file]',
    'ask the champion about rows of a JSON or JSON Lines file, or - for stdin',
  )
    .option('--example', 'print a body that the model answers')
    .action(
      exits(async (model: string, file: string | undefined, options: Common & { example?: boolean }) => {
        const { predict } = await import('./predict.ts');
        return predict(await connect(options), { ...options, model, file }, printer(options));
      }),
    );
}
