import type { Cli, Common } from './cli.ts';

/** Commands that watch the models. */
export function registerMonitoring({ deployed, connect, printer, exits }: Cli): void {
  deployed('monitor <model>', 'compare the newest predictions with the training data, now')
    .option(
      '--window <duration>',
      'look at so long before now, such as 24h; as long as a window on schedule when left out',
    )
    .option('--open', 'keep the report as a page with pictures here, and open it')
    .action(
      exits(async (model: string, options: Common & { open?: boolean; window?: string }) => {
        const { monitor } = await import('./monitor.ts');
        return monitor(await connect(options), { ...options, model }, printer(options));
      }),
    );

  deployed('dashboard [model]', 'the dashboard of a model, or of the platform, as a page with its figures')
    .option('--since <time>', '30s, 10m, 2h, 1d, or an ISO 8601 instant', '3h')
    .option('--open', 'open the page')
    .action(
      exits(async (model: string | undefined, options: Common & { since: string; open?: boolean }) => {
        const { dashboard } = await import('./dashboard.ts');
        return dashboard(await connect(options), { ...options, model }, printer(options));
      }),
    );

  deployed('alarms', 'every alarm: its state, since when, why, and what it means').action(
    exits(async (options: Common) => {
      const { alarms } = await import('./alarms.ts');
      return alarms(await connect(options), printer(options));
    }),
  );
}
