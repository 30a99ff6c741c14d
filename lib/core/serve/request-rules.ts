import { InvalidInputError, NotFoundError, showValue } from '../errors.ts';
import { BadRequestError } from './problem-document.ts';

/** Largest request body: a thousand rows of thirty columns and then some. API Gateway takes 10 MB, Lambda 6 MB. */
export const MAX_BODY_BYTES = 2 * 2 ** 20;

/** By lower-case name, as Node and API Gateway give them. */
type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Of a body of more than `MAX_BODY_BYTES`. */
export function tooLarge(): BadRequestError {
  return new BadRequestError(413, `the body must be at most ${MAX_BODY_BYTES} bytes`);
}

/** @throws BadRequestError (415) when the body says that it is compressed */
export function requireUncompressed(headers: RequestHeaders): void {
  const coding = String(headers['content-encoding'] ?? 'identity');
  if (coding.toLowerCase() === 'identity') return;
  throw new BadRequestError(
    415,
    `the header content-encoding must be identity or absent, got ${showValue(coding)}`,
  );
}

/**
 * The caller's name for its request, to be spread into a `PredictionRequest`.
 * @param name header that has it
 * @throws InvalidInputError when it could not be logged and searched as it is
 */
export function requestIdOf(headers: RequestHeaders, name = 'x-request-id'): { readonly requestId?: string } {
  const given = headers[name];
  if (given === undefined) return {};
  const requestId = String(given);
  if (/^[!-~]{1,128}$/.test(requestId)) return { requestId };
  const expected = '1 to 128 visible ASCII characters';
  throw new InvalidInputError([{ field: name, expected, got: showValue(requestId) }]);
}

/**
 * The version that a path names, to be spread into a `PredictionRequest`.
 * @throws NotFoundError when it is no number of a version
 */
export function versionOf(text: string | undefined): { readonly version?: number } {
  if (text === undefined) return {};
  if (/^[1-9]\d{0,8}$/.test(text)) return { version: Number(text) };
  throw new NotFoundError(`there is no version ${showValue(text)}: versions are numbers from 1`);
}
