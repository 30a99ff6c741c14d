import { writeFile } from 'node:fs/promises';
import type { OpenApiDocument } from '#core/api/openapi.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { EXIT, type ExitCode, type Printer } from './printer.ts';

export interface OpenApiOptions {
  /** File to write to. @default standard output */
  readonly out?: string;
}

type Client = Pick<LeeboardClient, 'outputs' | 'openApi'>;

/** `leeboard openapi`: the API's description, with the deployment's address. */
export async function openapi(client: Client, { out }: OpenApiOptions, print: Printer): Promise<ExitCode> {
  const document: OpenApiDocument = {
    ...(await client.openApi()),
    servers: [{ url: client.outputs.apiUrl }],
  };
  const text = JSON.stringify(document, null, 2);
  if (out === undefined) {
    print.result(document, () => text);
    return EXIT.ok;
  }
  await writeFile(out, `${text}\n`);
  const operations = Object.values(document.paths).flatMap((path) => Object.keys(path)).length;
  print.result({ out, operations }, () => `wrote ${operations} operations to ${out}`);
  return EXIT.ok;
}
