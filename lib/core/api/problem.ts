import { z } from 'zod';
import type { FieldProblem } from '../errors.ts';
import type { ProblemDocument as Document } from '../serve/problem-document.ts';
import { recordOf } from './record.ts';

/** An error as every route tells it, but those of the Open Inference Protocol. */
export const ProblemDocument = recordOf<Document>()({
  type: z.string().describe("`urn:leeboard:problem:` and the error's stable name"),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z
    .array(recordOf<FieldProblem>()({ field: z.string(), expected: z.string(), got: z.string() }))
    .optional()
    .describe('each wrong field: where, what was expected, what came'),
}).meta({ id: 'ProblemDocument', description: 'RFC 9457' });

/** An error of the Open Inference Protocol. */
export const InferenceError = z.object({ error: z.string() }).meta({ id: 'InferenceError' });

/** What API Gateway itself answers to a caller that it does not let through. */
export const GatewayMessage = z.looseObject({ message: z.string() }).meta({ id: 'GatewayMessage' });
