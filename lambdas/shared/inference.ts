import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { answerInference, type InferenceServer } from '#lib/pipelines/answer-inference.ts';
import { logFault } from './http.ts';

/** Whether the request speaks the Open Inference Protocol. */
export function isInference({ rawPath }: APIGatewayProxyEventV2): boolean {
  return rawPath === '/v2' || rawPath.startsWith('/v2/');
}

/** Answers a request of the Open Inference Protocol that came through API Gateway. */
export async function respondInference(
  event: APIGatewayProxyEventV2,
  server: Omit<InferenceServer, 'logFault'>,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { status, headers, body } = await answerInference(
    {
      method: event.requestContext.http.method,
      path: event.rawPath,
      headers: event.headers,
      body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    },
    { ...server, logFault },
  );
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (headers['content-type'] === 'application/json') {
    return { statusCode: status, headers, body: bytes.toString() };
  }
  return { statusCode: status, headers, body: bytes.toString('base64'), isBase64Encoded: true };
}
