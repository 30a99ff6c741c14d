import { afterAll, beforeAll, expect, it } from 'vitest';
import { predictorOpener } from '#adapters/open-predictor.ts';
import { containerRoutes, type OpenApiDocument } from '#core/api/index.ts';
import { naive } from '#core/spec/algorithm.ts';
import { openBundle } from '#lib/server/open-bundle.ts';
import { type RunningServer, startServer } from '#lib/server/start-server.ts';
import { libraryPath } from '#test/adapters/xgboost/library.ts';
import { trainedBundle } from './trained-bundle.ts';

let bundle: Awaited<ReturnType<typeof trainedBundle>>;
let server: RunningServer;
beforeAll(async () => {
  bundle = await trainedBundle(naive());
  const open = predictorOpener(() => libraryPath);
  const served = await openBundle({ ...bundle, open, log: { append: async () => {} } });
  server = await startServer(served, { port: 0, host: '127.0.0.1', report: () => {} });
});
afterAll(() => Promise.all([server.stop(), bundle.remove()]));

it('describes itself: its own routes and the columns of its model, with no caller to sign', async () => {
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApiDocument;
  expect(document).toMatchObject({ openapi: '3.1.1', security: [], components: { securitySchemes: {} } });
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(['/ping', '/invocations', '/openapi.json', '/v1/models/trips-late/predict']),
  );
  expect(document.paths['/v1/models/trips-late/predict']?.post).toMatchObject({
    requestBody: { content: { 'application/json': { schema: { properties: { rows: {} } } } } },
  });
  expect(JSON.stringify(document)).not.toContain('NotLetThrough');
});

it.each(Object.keys(containerRoutes))('%s is there, as its document says', async (key) => {
  const [method = '', path = ''] = key.replace('{model}', 'trips-late').replace('{version}', '3').split(' ');
  const body = method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {};
  const { status } = await fetch(server.url + path, { method, ...body });
  expect(status).toBe(method === 'POST' ? 422 : 200);
});
