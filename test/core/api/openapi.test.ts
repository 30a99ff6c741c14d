import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiRoutes, type OpenApiDocument, openApiDocument } from '#core/api/index.ts';
import type { Operation } from '#core/api/openapi.ts';
import type { Signature } from '#core/serve/signature.ts';
import { signature } from '#test/support/bundle.ts';
import { learnableRows } from '#test/support/learnable-rows.ts';

const signatures: Signature[] = [
  signature,
  { ...learnableRows('regression').signature, model: 'minutes' },
  { ...learnableRows('multiclass').signature, model: 'kinds' },
];
const document = openApiDocument({
  routes: apiRoutes,
  server: 'https://api.test',
  gateway: true,
  signatures,
});
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
// biome-ignore lint/suspicious/noExplicitAny: a document of many shapes, looked into by path
type Any = any;
const schemaOf = (operation: Operation | undefined): Any => {
  const body: Any = operation?.requestBody;
  return body.content['application/json'].schema;
};

/** Every `$ref` of a document. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => (key === '$ref' ? [String(each)] : references(each)));
}

it('names each operation once, and each parameter of its path', () => {
  const names = operations.map(({ operation }) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const { path, operation } of operations) {
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
  }
});

it('says that a replay is named by a UUID', () => {
  const [, replay] = document.paths['/v1/models/{model}/replays/{replay}']?.get?.parameters ?? [];
  expect(replay).toMatchObject({ name: 'replay', schema: { type: 'string', format: 'uuid' } });
});

it('refers to nothing that it does not hold', () => {
  const found = references(document);
  expect(found.length).toBeGreaterThan(50);
  for (const reference of new Set(found)) {
    const target = reference
      .slice('#/'.length)
      .split('/')
      .reduce<unknown>((at, part) => (at as Record<string, unknown>)?.[part], document);
    expect(target, reference).toBeTypeOf('object');
  }
});

it('says how errors look: problem documents, and those of the Open Inference Protocol below /v2', () => {
  for (const { path, operation } of operations) {
    const name = path.startsWith('/v2') ? 'InferenceProblem' : 'Problem';
    expect(operation.responses.default).toEqual({ $ref: `#/components/responses/${name}` });
  }
});

it('wants a body where the handler does: not where everything has a default', () => {
  const required = (key: string) => {
    const [method = '', path = ''] = key.split(' ');
    return document.paths[path]?.[method.toLowerCase()]?.requestBody?.required;
  };
  expect(required('POST /v1/models/{model}/predict')).toBe(true);
  expect(required('POST /v1/models/{model}/runs')).toBe(false);
  expect(required('GET /v1/models')).toBeUndefined();
});

it('tells the binary tensors of the Open Inference Protocol: their header and media type, both ways', () => {
  const infer = document.paths['/v2/models/{model}/infer']?.post as Any;
  const name = 'inference-header-content-length';
  expect(infer.parameters).toContainEqual(expect.objectContaining({ name, in: 'header', required: false }));
  const types = ['application/json', 'application/octet-stream'];
  expect(Object.keys(infer.requestBody.content)).toEqual(types);
  expect(Object.keys(infer.responses['200'].content)).toEqual(types);
  expect(infer.responses['200'].headers[name]).toMatchObject({ schema: { type: 'integer' } });
});

it('tells query and headers as parameters', () => {
  const { paths } = openApiDocument({
    server: '..',
    gateway: true,
    signatures: [],
    routes: {
      'GET /v1/things': {
        summary: 'Things',
        query: z.object({ since: z.string().describe('from when'), limit: z.int().max(9).default(3) }),
        headers: z.object({ 'x-request-id': z.string().optional() }),
        answers: { 200: z.object({}) },
      },
    },
  });
  expect(paths['/v1/things']?.get?.parameters).toEqual([
    { name: 'since', in: 'query', required: true, description: 'from when', schema: { type: 'string' } },
    {
      name: 'limit',
      in: 'query',
      required: false,
      schema: { type: 'integer', maximum: 9, default: 3 },
    },
    { name: 'x-request-id', in: 'header', required: false, schema: { type: 'string' } },
  ]);
});

describe('the prediction route of a model that answers', () => {
  const predict = (of: OpenApiDocument, model: string) => of.paths[`/v1/models/${model}/predict`]?.post;

  it('tells each column: type, range, what is accepted, what may be left out, and an example', () => {
    const schema = schemaOf(predict(document, 'trips-late'));
    expect(schema.properties.rows).toMatchObject({ minItems: 1, maxItems: 1000 });
    const { properties, required, additionalProperties } = schema.properties.rows.items;
    expect(properties).toMatchObject({
      city: { type: 'string', enum: ['north', 'south'] },
      kind: { type: ['string', 'null'], maxLength: 8 },
      km: { type: ['number', 'null'], minimum: 0, maximum: 100 },
      express: { type: ['boolean', 'null'] },
      id: { type: ['integer', 'null'], minimum: 1 },
      at: { type: ['string', 'null'] },
      delay: { description: 'taken and not looked at' },
    });
    expect([required, additionalProperties]).toEqual([['city'], false]);
    expect(schema.examples[0].rows[0]).toMatchObject({ city: 'north', km: 50 });
  });

  it('answers what its task gives', () => {
    for (const [model, name] of [
      ['trips-late', 'BinaryPrediction'],
      ['minutes', 'RegressionPrediction'],
      ['kinds', 'MulticlassPrediction'],
    ] as const) {
      expect(references(predict(document, model)?.responses['200'])).toEqual([
        `#/components/schemas/${name}`,
      ]);
    }
  });

  it('is told for any model where none answers yet', () => {
    const empty = openApiDocument({ routes: apiRoutes, server: '..', gateway: true, signatures: [] });
    expect(predict(empty, 'trips-late')).toBeUndefined();
    expect(schemaOf(predict(empty, '{model}')).properties.rows.items).toEqual({
      type: 'object',
      propertyNames: { type: 'string' },
      additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
    });
  });
});
