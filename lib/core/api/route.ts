import type { z } from 'zod';

/** A route of the HTTP API, as its handler parses and as the OpenAPI document tells it. */
export interface Route {
  /** A sentence for the document. */
  readonly summary: string;
  /** What the body must be; handlers parse with the same schema. @default no body */
  readonly body?: z.ZodType;
  /** What the query string may say. @default nothing */
  readonly query?: z.ZodType;
  /** Headers that mean something to it, names in lower case. @default none */
  readonly headers?: z.ZodType;
  /** Media types beside JSON in which body and answers come. @default none */
  readonly media?: Readonly<Record<string, z.ZodType>>;
  /** Headers of its answers that mean something, names in lower case. @default none */
  readonly answerHeaders?: z.ZodType;
  /** Status -> what is answered. Errors are problem documents and not listed. */
  readonly answers: Readonly<Record<number, z.ZodType>>;
}

/** `METHOD /path/{parameter}` -> route. */
export type Routes = Readonly<Record<`${'GET' | 'POST'} /${string}`, Route>>;
