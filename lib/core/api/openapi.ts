import { z } from 'zod';
import type { Signature } from '../serve/signature.ts';
import { Name } from '../spec/parse-spec.ts';
import {
  BinaryPrediction,
  MulticlassPrediction,
  predictionAnswer,
  RegressionPrediction,
} from './prediction.ts';
import { GatewayMessage, InferenceError, ProblemDocument } from './problem.ts';
import { ReplayId } from './replays.ts';
import type { Route, Routes } from './route.ts';
import { type JsonSchema, rowsSchema } from './row-schema.ts';

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: JsonSchema;
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly JsonSchema[];
  /** Path -> method in lower case -> operation. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<'schemas' | 'responses' | 'securitySchemes', JsonSchema>>;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly JsonSchema[];
  readonly requestBody?: JsonSchema;
  readonly responses: Readonly<Record<string, JsonSchema>>;
}

export interface DocumentedApi {
  readonly routes: Routes;
  /** Address of the API, or how to get there from the document's own. */
  readonly server: string;
  /** Whether API Gateway stands before it, which wants signatures and answers 403 and 429. */
  readonly gateway: boolean;
  /** Signatures of the models that answer: their prediction routes tell each column. */
  readonly signatures: readonly Signature[];
}

const PREDICT = 'POST /v1/models/{model}/predict';
const JSON_TYPE = 'application/json';
const SIGV4 = {
  type: 'apiKey',
  in: 'header',
  name: 'Authorization',
  description: 'AWS Signature Version 4 for the service execute-api',
  'x-amazon-apigateway-authtype': 'awsSigv4',
};
const PATH_PARAMETERS: Readonly<Record<string, z.ZodType>> = {
  model: Name,
  dataset: Name,
  version: z.int().min(1).max(999_999_999),
  replay: ReplayId,
};

/** Describes the routes of an API. Source: OpenAPI Specification 3.1.1, whose schemas are JSON Schema 2020-12. */
export function openApiDocument({ routes, server, gateway, signatures }: DocumentedApi): OpenApiDocument {
  const schemas = new Schemas();
  const common: Operation['responses'] = gateway
    ? { '403': reference('NotLetThrough'), '429': reference('TooMany') }
    : {};
  const paths: Record<string, Record<string, Operation>> = {};
  const add = (key: string, operation: Operation) => {
    const [method, path] = splitRoute(key);
    const responses = { ...operation.responses, ...common };
    paths[path] = { ...paths[path], [method.toLowerCase()]: { ...operation, responses } };
  };
  for (const [key, route] of Object.entries(routes)) add(key, operationOf(key, route, schemas));
  const predict = routes[PREDICT];
  for (const signature of predict ? signatures : []) {
    const key = PREDICT.replace('{model}', signature.model);
    add(key, predictionOf(key, predict as Route, signature, schemas));
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Leeboard',
      version: '1',
      description: 'Predictions, what happened to them, and the models and datasets behind them.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: server }],
    security: gateway ? [{ sigv4: [] }] : [],
    paths,
    components: {
      responses: {
        Problem: answer(
          'What is wrong with the request',
          schemas.of(ProblemDocument),
          'application/problem+json',
        ),
        InferenceProblem: answer('What is wrong with the request', schemas.of(InferenceError)),
        ...(gateway && {
          NotLetThrough: answer('Not signed by somebody who may call it', schemas.of(GatewayMessage)),
          TooMany: answer('More requests than the API lets through', schemas.of(GatewayMessage)),
        }),
      },
      securitySchemes: gateway ? { sigv4: SIGV4 } : {},
      schemas: schemas.shared,
    },
  };
}

function operationOf(key: string, route: Route, schemas: Schemas): Operation {
  const [method, path] = splitRoute(key);
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      schema: schemas.of(PATH_PARAMETERS[name] ?? z.string().min(1).max(80), 'input'),
    })),
    ...fieldsOf(route.query, 'query', schemas),
    ...fieldsOf(route.headers, 'header', schemas),
  ];
  const media = mediaOf(route, schemas);
  const headers = Object.fromEntries(
    fieldsOf(route.answerHeaders, 'header', schemas).map(({ name, in: _, ...header }) => [name, header]),
  );
  const answers = Object.entries(route.answers).map(([status, schema]) => {
    const { description, content } = answer('Done', schemas.of(schema));
    const all = { description, ...(route.answerHeaders && { headers }), content: { ...content, ...media } };
    return [status, all] as const;
  });
  return {
    operationId: operationId(method, path),
    summary: route.summary,
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: bodyOf(schemas.of(route.body, 'input'), !takesNothing(route.body), media),
    }),
    responses: {
      ...Object.fromEntries(answers),
      default: reference(path.startsWith('/v2') ? 'InferenceProblem' : 'Problem'),
    },
  };
}

/** The prediction route of one model, with its columns and what its task answers. */
function predictionOf(key: string, route: Route, signature: Signature, schemas: Schemas): Operation {
  const prediction = {
    binary: BinaryPrediction,
    regression: RegressionPrediction,
    multiclass: MulticlassPrediction,
  }[signature.task];
  return {
    ...operationOf(key, { ...route, answers: { 200: predictionAnswer(prediction) } }, schemas),
    summary: `Predictions of ${signature.model}: ${signature.label}`,
    requestBody: bodyOf(rowsSchema(signature), true, mediaOf(route, schemas)),
  };
}

/** The members of an object as parameters. */
function fieldsOf(schema: z.ZodType | undefined, place: 'query' | 'header', schemas: Schemas): JsonSchema[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemas.of(schema, 'input') as {
    properties?: Readonly<Record<string, JsonSchema>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema: rest,
  }));
}

/** Whether the route takes a request without a body, too. */
function takesNothing(body: z.ZodType): boolean {
  return body.safeParse({}).success;
}

/** What a route takes and answers beside JSON. */
function mediaOf({ media = {} }: Route, schemas: Schemas): JsonSchema {
  return Object.fromEntries(
    Object.entries(media).map(([type, schema]) => [type, { schema: schemas.of(schema) }]),
  );
}

const bodyOf = (schema: JsonSchema, required: boolean, media: JsonSchema): JsonSchema => ({
  required,
  content: { [JSON_TYPE]: { schema }, ...media },
});

const answer = (description: string, schema: JsonSchema, type = JSON_TYPE) => ({
  description,
  content: { [type]: { schema } },
});

const reference = (response: string): JsonSchema => ({ $ref: `#/components/responses/${response}` });

function splitRoute(key: string): [method: string, path: string] {
  return key.split(' ', 2) as [string, string];
}

/** `GET /v1/models/{model}` -> `getV1ModelsModel`. */
function operationId(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
}

/** The bounds of a double's whole numbers say nothing about a field. */
function override({ jsonSchema }: { jsonSchema: { minimum?: number; maximum?: number } }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

/** Turns zod's schemas into JSON Schema; those with an id are told once, under `components`. */
class Schemas {
  readonly shared: Record<string, JsonSchema> = {};

  of(schema: z.ZodType, io: 'input' | 'output' = 'output'): JsonSchema {
    const { $schema: _, ...whole } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override });
    const { $defs = {}, ...own } = this.#relocated(whole) as { $defs?: Record<string, JsonSchema> };
    Object.assign(this.shared, $defs);
    const { id } = own as { id?: string };
    if (id === undefined) return own;
    const { id: _id, ...named } = own as { id?: string };
    this.shared[id] = named;
    return { $ref: `#/components/schemas/${id}` };
  }

  /** With references into `components` in place of `$defs`, whose members are named like them. */
  #relocated(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#relocated(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        key === '$ref'
          ? String(each).replace(/^#\/\$defs\//, '#/components/schemas/')
          : this.#relocated(each),
      ]),
    );
  }
}
