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

  deployed('openapi', "describe the API in OpenAPI 3.1, with each model's columns")
    .option('--out <file>', 'write it to a file')
    .action(
      exits(async (options: Common & { out?: string }) => {
        const { openapi } = await import('./openapi.ts');
        return openapi(await connect(options), options, printer(options));
      }),
    );

  deployed('replay <version>', 'what a version would have answered to logged traffic')
    .requiredOption('--since <time>', 'begin of the window: 30s, 10m, 2h, 1d, or an ISO 8601 instant')
    .option('--until <instant>', 'its end, ISO 8601 (default: now)')
    .option('--reason <text>', 'why, for the record')
    .option('--html <file>', 'write a page with pictures, too')
    .action(
      exits(
        async (
          version: string,
          options: Common & { since: string; until?: string; reason?: string; html?: string },
        ) => {
          const { replay } = await import('./replay.ts');
          return replay(await connect(options), { ...options, version }, printer(options));
        },
      ),
    );

  deployed('serve [version]', 'answer on this machine with flights-late@2, or with a champion')
    .option('--port <port>', 'port of 127.0.0.1; 0 takes a free one', '8080')
    .option('--bundle <folder>', 'serve a bundle that is here already; needs no deployment')
    .option('--save <file>', 'keep the bundle in a folder or a model.tar.gz in place of serving it')
    .action(
      exits(
        async (
          target: string | undefined,
          options: Common & { port: string; bundle?: string; save?: string },
        ) => {
          const { serve } = await import('./serve.ts');
          const interrupted = () =>
            new Promise((done) => {
              for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, done);
            });
          return serve(() => connect(options), { ...options, target }, printer(options), interrupted);
        },
      ),
    );
}
