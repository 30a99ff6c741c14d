import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import { MAX_BODY_BYTES } from '#core/serve/body-limit.ts';
import { BadRequestError, type ProblemDocument, problemDocument } from '#core/serve/problem-document.ts';

export function json(status: number, body: unknown): APIGatewayProxyStructuredResultV2 {
  return { statusCode: status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** The request's JSON body. @throws BadRequestError when it is none, or too large */
export function jsonBody(event: APIGatewayProxyEventV2): unknown {
  const body = event.body ?? '';
  if (body.length > MAX_BODY_BYTES * 1.4) throw tooLarge();
  const bytes = event.isBase64Encoded ? Buffer.from(body, 'base64') : Buffer.from(body);
  if (bytes.length > MAX_BODY_BYTES) throw tooLarge();
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new BadRequestError(400, 'the body must be JSON in UTF-8, such as {"rows": [{...}]}');
  }
}

/** Runs a route; errors that are the caller's become problem documents, ours a 500 without details. */
export async function respond(
  route: () => Promise<APIGatewayProxyStructuredResultV2>,
): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    return await route();
  } catch (error) {
    const document = problemDocument(error);
    if (document) return problem(document);
    logFault(error);
    const detail = 'Something failed on our side; it was logged.';
    return problem({
      type: 'urn:leeboard:problem:InternalError',
      title: 'Internal error',
      status: 500,
      detail,
    });
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

function tooLarge(): BadRequestError {
  return new BadRequestError(413, `the body must be at most ${MAX_BODY_BYTES} bytes`);
}
