import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { InvalidInputError, NotFoundError } from '#core/errors.ts';
import { BadRequestError } from '#core/serve/problem-document.ts';
import { json, jsonBody, respond } from '../../lambdas/shared/http.ts';

const event = (body: string | undefined, isBase64Encoded = false) =>
  ({ headers: {}, body, isBase64Encoded }) as APIGatewayProxyEventV2;
const base64 = (bytes: string | Uint8Array) => event(Buffer.from(bytes).toString('base64'), true);

function refusal(request: APIGatewayProxyEventV2): BadRequestError {
  try {
    jsonBody(request);
  } catch (error) {
    if (error instanceof BadRequestError) return error;
    throw error;
  }
  throw new Error('the body was taken');
}

describe('jsonBody', () => {
  it('reads JSON, plain or base64', () => {
    const body = '{"rows":[{"city":"Zürich"}]}';
    for (const request of [
      event(body),
      base64(body),
      { ...event(body), headers: { 'content-encoding': 'identity' } },
    ]) {
      expect(jsonBody(request)).toEqual({ rows: [{ city: 'Zürich' }] });
    }
  });

  it.each([
    ['nothing', event(undefined)],
    ['an empty body', event('')],
    ['a form', event('rows=1')],
    ['JSON that is cut off', event('{"rows":[')],
    ['NaN', event('{"rows":[{"a":NaN}]}')],
    ['bytes that are not UTF-8', base64(Uint8Array.of(0x22, 0xff, 0x22))],
    ['UTF-16', base64(Buffer.from('{"rows":[]}', 'utf16le'))],
    ['what was put in place of bytes that are not UTF-8', event('{"rows":[{"city":"Z\ufffdrich"}]}')],
    ['a byte order mark', base64('\ufeff{"rows":[]}')],
    ['compressed bytes', base64(gzipSync('{"rows":[]}'))],
  ])('refuses %s with 400', (_, request) => {
    expect(refusal(request)).toMatchObject({ status: 400, message: /JSON in UTF-8/ });
  });

  it('refuses with 415 what says that it is compressed, whatever it is', () => {
    const request = { ...event('{}'), headers: { 'content-encoding': 'GZIP' } };
    expect(refusal(request)).toMatchObject({
      status: 415,
      message: /content-encoding must be identity.*"GZIP"/,
    });
  });

  it('takes U+FFFD as an escape', () => {
    expect(jsonBody(event('"\\ufffd"'))).toBe('\ufffd');
  });

  it('refuses a name twice in one object as the field that it is', () => {
    expect(() => jsonBody(event('{"rows":[{"a":1,"a":2}]}'))).toThrow(InvalidInputError);
  });

  it('takes 2 MiB and refuses one byte more with 413, by its bytes and not its characters', () => {
    const limit = 2 * 2 ** 20;
    expect(jsonBody(event(`"${'a'.repeat(limit - 2)}"`))).toHaveLength(limit - 2);
    expect(jsonBody(base64(`"${'a'.repeat(limit - 2)}"`))).toHaveLength(limit - 2);
    for (const request of [
      event(`"${'a'.repeat(limit - 1)}"`),
      event(`"${'ü'.repeat(limit / 2)}"`),
      base64(`"${'a'.repeat(limit - 1)}"`),
      base64('a'.repeat(2 * limit)),
    ]) {
      expect(refusal(request)).toMatchObject({
        status: 413,
        message: 'the body must be at most 2097152 bytes',
      });
    }
  });
});

describe('respond', () => {
  const bodyOf = (answer: { body?: string }) => JSON.parse(answer.body ?? '');

  it('passes an answer on', async () => {
    const answer = json(200, { a: 1 });
    expect(await respond(async () => answer)).toBe(answer);
    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    });
  });

  it.each([
    [new InvalidInputError([{ field: 'rows', expected: 'an array', got: '5' }]), 422],
    [new NotFoundError('no such model'), 404],
  ])('answers %s with a problem document', async (error, status) => {
    const answer = await respond(() => Promise.reject(error));
    expect(answer).toMatchObject({
      statusCode: status,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(bodyOf(answer)).toMatchObject({ status, detail: error.message });
  });

  it('keeps the details of our own errors in the log', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    const answer = await respond(() => Promise.reject(new TypeError('secret detail')));
    expect(answer).toMatchObject({
      statusCode: 500,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(answer.body).not.toContain('secret');
    expect(log.mock.calls[0]?.[0]).toContain('secret detail');
  });
});
