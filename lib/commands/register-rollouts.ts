import type { Cli, Common } from './cli.ts';

interface Because extends Common {
  readonly reason: string;
}

/** Commands that show and change which version answers. */
export function registerRollouts({ deployed, connect, printer, exits }: Cli): void {
  deployed('rollouts <model>', 'which version answers, which is tried, and what was changed before').action(
    exits(async (model: string, options: Common) => {
      const { rollouts } = await import('./rollouts.ts');
      return rollouts(await connect(options), { model }, printer(options));
    }),
  );

  const asked = (usage: string, description: string) =>
    deployed(usage, description).requiredOption('--reason <text>', 'why, for the record');

  asked('promote <version>', 'make flights-late@2 the champion, an older version too').action(
    exits(async (version: string, options: Because) => {
      const { promote } = await import('./rollouts.ts');
      return promote(await connect(options), { version, reason: options.reason }, printer(options));
    }),
  );
  for (const [action, description] of [
    ['rollback', 'take back the challenger that is tried, or the champion for the one before it'],
    ['freeze', 'let nothing be promoted until it is lifted; taking back stays possible'],
    ['unfreeze', 'lift a freeze'],
  ] as const) {
    asked(`${action} <model>`, description).action(
      exits(async (model: string, options: Because) => {
        const { changeDeployment } = await import('./rollouts.ts');
        const { reason } = options;
        return changeDeployment(await connect(options), { model, action, reason }, printer(options));
      }),
    );
  }
}
