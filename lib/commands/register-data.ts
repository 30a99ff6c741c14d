import type { Cli, Common } from './cli.ts';

/** Commands that bring data. */
export function registerData({ deployed, connect, printer, exits }: Cli): void {
  deployed('drop <file>', 'drop a file into a dataset; exits with 2 when it is rejected')
    .requiredOption('--dataset <name>', 'the dataset')
    .option('--name <name>', "the drop's name (default: the file's own)")
    .option('--wait', 'wait until it is a version, a duplicate or rejected', true)
    .option('--no-wait', 'return as soon as it is dropped')
    .action(
      exits(async (file: string, options: Common & { dataset: string; name?: string; wait: boolean }) => {
        const { drop } = await import('./drop.ts');
        return drop(await connect(options), { ...options, file }, printer(options));
      }),
    );
}
