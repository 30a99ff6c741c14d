import { NotFoundError, showValue } from '#core/errors.ts';
import { modelMetadata } from '#core/inference/model-metadata.ts';
import { readInferRequest } from '#core/inference/read-infer-request.ts';
import { requestRows } from '#core/inference/request-rows.ts';
import { writeInferResponse } from '#core/inference/write-infer-response.ts';
import { parseJsonBytes } from '#core/serve/parse-json.ts';
import { BadRequestError, INTERNAL_ERROR, problemDocument } from '#core/serve/problem-document.ts';
import { MAX_BODY_BYTES, tooLarge, versionOf } from '#core/serve/request-rules.ts';
import type { Answerer } from '#ports/answerer.ts';

/** A request of the Open Inference Protocol, however it came. */
export interface InferenceRequest {
  readonly method: string;
  /** Starts with `/v2`; parts still percent-encoded. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface InferenceReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What answers the protocol's requests. */
export interface InferenceServer {
  /** @throws when it cannot serve */
  ready(): Promise<void>;
  /** The model of that name; undefined when it is not served here. */
  answerer(model: string): Answerer | undefined;
  /** Told of failures that are not the caller's. */
  logFault(error: unknown): void;
}

/** Largest answer: API Gateway and Lambda take 6 MB, of which base64 leaves three quarters. */
const MAX_ANSWER_BYTES = 4 * 2 ** 20;
const HEADER_LENGTH = 'inference-header-content-length';
type Pinned = ReturnType<typeof versionOf>;
const MODEL_PATH = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(\/ready|\/infer)?$/;
/** Method and end of the path -> what answers it. */
const MODEL_ROUTES: Readonly<
  Record<string, (answerer: Answerer, pinned: Pinned, request: InferenceRequest) => Promise<InferenceReply>>
> = { 'GET ': describe, 'GET /ready': ready, 'POST /infer': infer };

/**
 * Answers any request under `/v2`: Open Inference Protocol v2 with the binary tensor extension.
 * Errors are `{ "error": "..." }` with the status and the sentence of our problem documents. Never rejects.
 */
export async function answerInference(
  request: InferenceRequest,
  server: InferenceServer,
): Promise<InferenceReply> {
  try {
    return await route(request, server);
  } catch (error) {
    const problem = problemDocument(error);
    if (problem) return json(problem.status, { error: problem.detail });
    server.logFault(error);
    return json(INTERNAL_ERROR.status, { error: INTERNAL_ERROR.detail });
  }
}

async function route(request: InferenceRequest, server: InferenceServer): Promise<InferenceReply> {
  const { method, path } = request;
  const [, model = '', version, action = ''] = MODEL_PATH.exec(path) ?? [];
  const ofModel = model && MODEL_ROUTES[`${method} ${action}`];
  if (ofModel) {
    const answerer = answererOf(server, decoded(model));
    return ofModel(answerer, versionOf(version && decoded(version)), request);
  }
  switch (`${method} ${path}`) {
    case 'GET /v2':
      return json(200, { name: 'leeboard', version: '2', extensions: ['binary_tensor_data'] });
    case 'GET /v2/health/live':
      return json(200, { live: true });
    case 'GET /v2/health/ready':
      await server.ready();
      return json(200, { ready: true });
  }
  throw new NotFoundError(
    `there is no ${method} ${showValue(path)} in the Open Inference Protocol as it is served here`,
  );
}

async function describe(answerer: Answerer, pinned: Pinned): Promise<InferenceReply> {
  const { version, signature } = await answerer.describe(pinned.version);
  return json(200, modelMetadata(signature, version));
}

async function ready(answerer: Answerer, pinned: Pinned): Promise<InferenceReply> {
  await answerer.describe(pinned.version);
  return json(200, { name: answerer.model, ready: true });
}

async function infer(answerer: Answerer, pinned: Pinned, request: InferenceRequest): Promise<InferenceReply> {
  const asked = await readBody(request);
  const { answer, signature } = await answerer.answer((signature) => requestRows(signature, asked), {
    ...pinned,
    ...(asked.id !== undefined && { requestId: asked.id }),
  });
  const { bytes, headerLength } = writeInferResponse(signature, asked, answer);
  if (bytes.length > MAX_ANSWER_BYTES) {
    throw new BadRequestError(
      413,
      `the answer would be ${bytes.length} bytes, more than ${MAX_ANSWER_BYTES}: send fewer rows or ask for fewer outputs`,
    );
  }
  if (headerLength === undefined) return { status: 200, headers: { 'content-type': JSON_TYPE }, body: bytes };
  const headers = { 'content-type': 'application/octet-stream', [HEADER_LENGTH]: String(headerLength) };
  return { status: 200, headers, body: bytes };
}

async function readBody({ headers, body }: InferenceRequest) {
  if (body.length > MAX_BODY_BYTES) throw tooLarge();
  const plain = await inflate(headers['content-encoding']?.toLowerCase(), body);
  const given = headers[HEADER_LENGTH] ?? String(plain.length);
  const length = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (!(length <= plain.length)) {
    throw new BadRequestError(
      400,
      `the header Inference-Header-Content-Length must be the bytes of the JSON, at most the body's ${plain.length}, got ${showValue(given)}`,
    );
  }
  return readInferRequest(parseHeader(plain.subarray(0, length)), plain.subarray(length));
}

async function inflate(encoding: string | undefined, body: Uint8Array): Promise<Uint8Array> {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip' && encoding !== 'deflate') {
    throw new BadRequestError(415, `Content-Encoding must be gzip or deflate, got ${showValue(encoding)}`);
  }
  const zlib = await import('node:zlib');
  const unpack = encoding === 'gzip' ? zlib.gunzipSync : zlib.inflateSync;
  try {
    return unpack(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new BadRequestError(400, `the body must be ${encoding}, as its Content-Encoding says`);
  }
}

function parseHeader(bytes: Uint8Array): unknown {
  try {
    return parseJsonBytes(bytes);
  } catch (error) {
    if (!(error instanceof BadRequestError)) throw error;
    throw new BadRequestError(
      400,
      `${error.message}; NaN is no JSON: say null, or send the tensor in binary behind the JSON, whose length the header Inference-Header-Content-Length says`,
    );
  }
}

function answererOf(server: InferenceServer, model: string): Answerer {
  const answerer = server.answerer(model);
  if (!answerer) throw new NotFoundError(`no model named ${showValue(model)} is deployed`);
  return answerer;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const JSON_TYPE = 'application/json';

function json(status: number, body: unknown): InferenceReply {
  return {
    status,
    headers: { 'content-type': JSON_TYPE },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}
