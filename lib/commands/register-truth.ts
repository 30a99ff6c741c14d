import type { Cli, Common } from './cli.ts';

/** Commands about what really happened. */
export function registerTruth({ deployed, connect, printer, exits }: Cli): void {
  deployed(
    'feedback <model> <file>',
    'tell what really happened: a CSV, JSON or JSON Lines file; exits with 2 when a line is refused',
  ).action(
    exits(async (model: string, file: string, options: Common) => {
      const { feedback } = await import('./feedback.ts');
      return feedback(await connect(options), { model, file }, printer(options));
    }),
  );

  deployed('truth <model>', 'how much truth is known, how late it comes, how good the versions were').action(
    exits(async (model: string, options: Common) => {
      const { truth } = await import('./truth.ts');
      return truth(await connect(options), { model }, printer(options));
    }),
  );
}
