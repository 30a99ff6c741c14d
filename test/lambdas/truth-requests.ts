import { gunzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Truth } from '#core/serve/truth.ts';
import { memory } from './memory-resources.ts';

/** What the API hands to a function. */
export const posted = (body: unknown) =>
  ({ headers: {}, body: JSON.stringify(body), isBase64Encoded: false }) as unknown as APIGatewayProxyEventV2;

export const answerOf = ({ statusCode, body }: APIGatewayProxyStructuredResultV2) => ({
  status: statusCode,
  ...(JSON.parse(body ?? '') as object),
});

/** All truths that are kept, object by object; drops are in the same store in these tests. */
export async function keptTruths(): Promise<Truth[][]> {
  const objects = (await memory.store.list('truth/')).filter(({ key }) => key.endsWith('.jsonl.gz'));
  return Promise.all(
    objects.map(async ({ key }) =>
      gunzipSync(await memory.store.read(key))
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Truth),
    ),
  );
}
