import type { IncomingHttpHeaders } from 'node:http';
import { InvalidInputError, showValue } from '#core/errors.ts';
import { BadRequestError } from '#core/serve/problem-document.ts';

/** @throws BadRequestError when it is not UTF-8 */
export function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new BadRequestError(400, 'the body must be UTF-8');
  }
}

/** The caller's name for its request. @throws InvalidInputError */
export function requestIdOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const given = headers[name];
  if (given === undefined) return undefined;
  const text = String(given);
  if (/^[!-~]{1,128}$/.test(text)) return text;
  const expected = '1 to 128 visible ASCII characters';
  throw new InvalidInputError([{ field: name, expected, got: showValue(text) }]);
}
