import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { Feedback, type FeedbackAnswer } from '#core/api/truth.ts';
import { checkFeedback } from '#core/serve/check-feedback.ts';
import { recordTruths } from '#lib/pipelines/record-truths.ts';
import { json, jsonBody, respond } from './shared/http.ts';
import { parseInput } from './shared/payloads.ts';
import { variable } from './shared/resources.ts';
import { ownTruthRules, truthPorts } from './shared/truth.ts';

/** `POST /v1/models/<model>/feedback`: what really happened, checked whole and kept whole, or not at all. */
export const handler = (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> =>
  respond(async () => {
    const body = parseInput(Feedback, jsonBody(event));
    const now = Date.now();
    const { truths, repeated } = checkFeedback(await ownTruthRules(), body.truths, now);
    const arrival = { model: variable('MODEL'), at: new Date(now).toISOString(), source: 'feedback' };
    await recordTruths(await truthPorts(), arrival, truths);
    return json(202, { accepted: truths.length, repeated } satisfies FeedbackAnswer);
  });
