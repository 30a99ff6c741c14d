import type { IncomingHttpHeaders } from 'node:http';
import { InvalidInputError } from '#core/errors.ts';
import { BadRequestError } from '#core/serve/problem-document.ts';

/** @throws BadRequestError when it is not UTF-8 */
export function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new BadRequestError(400, 'the body must be UTF-8');
  }
}

/** @throws BadRequestError when it is not JSON */
export function parseJson(body: Uint8Array): unknown {
  const text = textOf(body);
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequestError(400, 'the body must be JSON in UTF-8, such as {"rows": [{...}]}');
  }
}

/** @throws InvalidInputError */
export function requestIdOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const given = headers[name];
  if (given === undefined) return undefined;
  const text = String(given);
  if (/^[\x20-\x7e]{1,128}$/.test(text)) return text;
  const got = `${text.length} characters`;
  throw new InvalidInputError([{ field: name, expected: '1 to 128 visible ASCII characters', got }]);
}
