import type { Cli, Common } from './cli.ts';

/** Commands of those who approve versions. */
export function registerApprovals({ deployed, connect, printer, exits }: Cli): void {
  deployed('approvals [model]', 'versions that wait for a person, and what was said before')
    .option('--open <version>', 'keep the page about flights-late@5 here, and open it')
    .action(
      exits(async (model: string | undefined, options: Common & { open?: string }) => {
        const { approvals } = await import('./approvals.ts');
        return approvals(await connect(options), { ...options, model }, printer(options));
      }),
    );

  for (const [action, description] of [
    ['approve', 'let flights-late@5, which waits for a person, become champion'],
    ['reject', 'let the champion stay'],
  ] as const) {
    deployed(`${action} <version>`, description)
      .requiredOption('--reason <text>', 'why, for the record')
      .option('--sha256 <hash>', 'only the bundle with this hash, or one that begins so')
      .action(
        exits(async (version: string, options: Common & { reason: string; sha256?: string }) => {
          const { decideApproval } = await import('./approvals.ts');
          const { reason, sha256 } = options;
          const wish = { version, action, reason, ...(sha256 !== undefined && { sha256 }) };
          return decideApproval(await connect(options), wish, printer(options));
        }),
      );
  }
}
