import type { Prediction } from '#core/serve/answer.ts';
import { csvBody } from '#core/serve/csv-rows.ts';
import { parseJsonBytes } from '#core/serve/parse-json.ts';
import { parseRows } from '#core/serve/parse-rows.ts';
import { BadRequestError } from '#core/serve/problem-document.ts';
import { requestIdOf } from '#core/serve/request-rules.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { Answerer } from '#ports/answerer.ts';
import { parseMediaType, preferredType } from './media-type.ts';
import { jsonReply, type Reply } from './reply.ts';
import type { ServedRequest } from './routes.ts';

const CUSTOM_ATTRIBUTES = 'x-amzn-sagemaker-custom-attributes';

/**
 * `POST /invocations` of SageMaker's container contract: rows as JSON or CSV in, predictions as JSON or CSV out. The
 * answer's custom attributes carry the prediction id, which CSV has no place for.
 * Source: Amazon SageMaker AI Developer Guide, "Custom Inference Code with Hosting Services".
 */
export async function answerInvocation(answerer: Answerer, { headers, body }: ServedRequest): Promise<Reply> {
  const type = preferredType(headers.accept, ['application/json', 'text/csv']);
  if (!type) {
    throw new BadRequestError(406, `accept: expected application/json or text/csv, got ${headers.accept}`);
  }
  const parse = rowsParser(headers['content-type'], body);
  const { answer, signature } = await answerer.answer(parse, requestIdOf(headers, CUSTOM_ATTRIBUTES));
  const attributes = { [CUSTOM_ATTRIBUTES]: `predictionId=${answer.predictionId}` };
  if (type === 'application/json') return jsonReply(200, answer, attributes);
  const lines = answer.predictions.map((prediction) => `${csvLine(prediction, signature)}\n`);
  return {
    status: 200,
    headers: { 'content-type': 'text/csv; charset=utf-8; header=absent', ...attributes },
    body: lines.join(''),
  };
}

function rowsParser(contentType: string | undefined, body: Uint8Array) {
  const { name, parameters } = parseMediaType(contentType ?? 'application/json');
  if (name === 'application/json') {
    const parsed = parseJsonBytes(body);
    return (signature: Signature) => parseRows(signature, parsed);
  }
  if (name === 'text/csv') {
    const { header } = parameters;
    if (header !== undefined && header !== 'present' && header !== 'absent')
      throw new BadRequestError(415, 'content-type: header must be present or absent');
    const text = textOf(body);
    const hasHeader = header === undefined ? undefined : header === 'present';
    return (signature: Signature) => parseRows(signature, csvBody(signature, text, hasHeader));
  }
  throw new BadRequestError(415, 'content-type: expected application/json or text/csv');
}

/** @throws BadRequestError when it is not UTF-8 */
function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new BadRequestError(400, 'the body must be UTF-8');
  }
}

/** A probability, a value, or a class and the probability of each in the order of the model's classes. */
function csvLine(prediction: Prediction, { classes = [] }: Signature): string {
  if ('probability' in prediction) return String(prediction.probability);
  if ('value' in prediction) return String(prediction.value);
  const probabilities = classes.map((name) => String(prediction.probabilities[name]));
  return [csvField(prediction.label), ...probabilities].join(',');
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
