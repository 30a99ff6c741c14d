import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import { parseJsonBytes } from '#core/serve/parse-json.ts';
import {
  BadRequestError,
  INTERNAL_ERROR,
  type ProblemDocument,
  problemDocument,
} from '#core/serve/problem-document.ts';
import { MAX_BODY_BYTES, requireUncompressed, tooLarge } from '#core/serve/request-rules.ts';

export function json(status: number, body: unknown): APIGatewayProxyStructuredResultV2 {
  return { statusCode: status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/**
 * The request's JSON body, read strictly.
 * @throws BadRequestError when it is none, compressed or too large
 * @throws InvalidInputError as parseJson does
 */
export function jsonBody(event: APIGatewayProxyEventV2): unknown {
  requireUncompressed(event.headers);
  const body = event.body ?? '';
  if (body.length > MAX_BODY_BYTES * 1.4) throw tooLarge();
  // What API Gateway put in place of bytes that are not UTF-8, where it takes a body for text.
  if (!event.isBase64Encoded && body.includes('\ufffd')) {
    const got = 'bytes that are not UTF-8 (U+FFFD itself can be written \\ufffd)';
    throw new BadRequestError(400, `the body must be JSON in UTF-8, got ${got}`);
  }
  const bytes = Buffer.from(body, event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) throw tooLarge();
  return parseJsonBytes(bytes);
}

/** Runs a route; errors that are the caller's become problem documents, ours a 500 without details. */
export async function respond(
  route: () => Promise<APIGatewayProxyStructuredResultV2>,
): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    return await route();
  } catch (error) {
    const document = problemDocument(error);
    if (!document) logFault(error);
    return problem(document ?? INTERNAL_ERROR);
  }
}

/** Writes an error that is not the caller's to the function's log. */
export function logFault(error: unknown): void {
  const { name, message, stack } = error as Error;
  console.error(JSON.stringify({ level: 'ERROR', name, message, stack }));
}

/** Who signed the request. */
export function callerOf({ requestContext }: APIGatewayProxyEventV2WithIAMAuthorizer): string {
  return requestContext.authorizer?.iam?.userArn ?? 'unknown';
}

function problem(document: ProblemDocument): APIGatewayProxyStructuredResultV2 {
  return { ...json(document.status, document), headers: { 'content-type': 'application/problem+json' } };
}
