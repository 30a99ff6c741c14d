import type { ValidationRequest } from '#ports/queries.ts';
import { type ValidationEngine, validateFile } from './validate-file.ts';

/** What the parent sends; the answer is the ValidationResult. */
export interface ChildRequest {
  readonly request: ValidationRequest;
  readonly engine: ValidationEngine;
}

// The parent is gone: nobody would stop this process any more.
process.on('disconnect', () => process.exit(1));
process.once('message', async (message: ChildRequest) => {
  const result = await validateFile(message.request, message.engine);
  process.send?.(result, () => process.exit(0));
});
