import type { IncomingHttpHeaders } from 'node:http';
import { NotFoundError, showValue } from '#core/errors.ts';
import { parseJsonBytes } from '#core/serve/parse-json.ts';
import { parseRows } from '#core/serve/parse-rows.ts';
import { BadRequestError } from '#core/serve/problem-document.ts';
import { requestIdOf, requireUncompressed, versionOf } from '#core/serve/request-rules.ts';
import type { Answerer } from '#ports/answerer.ts';
import { answerInference } from '../pipelines/answer-inference.ts';
import { answerInvocation } from './invocations.ts';
import { jsonReply, type Reply } from './reply.ts';

/** One request, its body read. */
export interface ServedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/** A model that is served. */
export interface ServedModel {
  readonly answerer: Answerer;
  /** Whether it scores a row of its own making now. @throws when it does not */
  readonly check: () => Promise<{ readonly model: string; readonly version: number }>;
}

/**
 * Answers one request.
 * @param report takes a fault of ours that the answer does not tell of
 * @throws what problem documents tell of
 */
export async function route(
  served: ServedModel,
  request: ServedRequest,
  report: (fault: Error) => void,
): Promise<Reply> {
  const { path } = request;
  if (/^\/v2(\/|$)/.test(path)) return answerTensors(served, request, report);
  requireUncompressed(request.headers);
  if (path === '/ping') {
    requireMethod(request, 'GET');
    return ping(served, report);
  }
  if (path === '/openapi.json') {
    requireMethod(request, 'GET');
    return describe(served.answerer);
  }
  if (path === '/invocations') {
    requireMethod(request, 'POST');
    return answerInvocation(served.answerer, request);
  }
  const [, model, , version] = /^\/v1\/models\/([^/]+)(\/versions\/([^/]+))?\/predict$/.exec(path) ?? [];
  if (model === undefined) throw new NotFoundError(`no route ${request.method} ${showValue(path)}`);
  requireMethod(request, 'POST');
  return predict(served.answerer, request, model, version);
}

function answerTensors(
  { answerer, check }: ServedModel,
  request: ServedRequest,
  report: (fault: Error) => void,
): Promise<Reply> {
  return answerInference(
    { ...request, headers: request.headers as Readonly<Record<string, string | undefined>> },
    {
      ready: async () => void (await check()),
      answerer: (model) => (model === answerer.model ? answerer : undefined),
      logFault: (error) => report(error as Error),
    },
  );
}

/** SageMaker and load balancers look at the status alone. */
async function ping(served: ServedModel, report: (fault: Error) => void): Promise<Reply> {
  try {
    return jsonReply(200, { ...(await served.check()), status: 'ready' });
  } catch (error) {
    report(error as Error);
    return jsonReply(503, { model: served.answerer.model, status: 'failed' });
  }
}

/** The container's own description. */
async function describe(answerer: Answerer): Promise<Reply> {
  const { containerRoutes, openApiDocument } = await import('#core/api/index.ts');
  const { signature } = await answerer.describe();
  const api = { routes: containerRoutes, server: '.', gateway: false, signatures: [signature] };
  return jsonReply(200, openApiDocument(api));
}

async function predict(
  answerer: Answerer,
  { headers, body }: ServedRequest,
  model: string,
  version: string | undefined,
): Promise<Reply> {
  if (model !== answerer.model)
    throw new NotFoundError(`no model named ${showValue(model)} is served here; there is: ${answerer.model}`);
  const pinned = versionOf(version);
  const parsed = parseJsonBytes(body);
  const asked = { ...pinned, ...requestIdOf(headers) };
  const { answer } = await answerer.answer((signature) => parseRows(signature, parsed), asked);
  return jsonReply(200, answer);
}

function requireMethod({ method, path }: ServedRequest, expected: string): void {
  if (method !== expected)
    throw new BadRequestError(405, `${path}: the method must be ${expected}, got ${method}`);
}
