import type { Row } from '#core/expression/index.ts';
import type { PredictionAnswer } from '#core/serve/answer.ts';
import type { Signature } from '#core/serve/signature.ts';

/** What a caller says beside its rows. */
export interface PredictionRequest {
  /** Only this version may answer. @default the champion, or the challenger that is being rolled out */
  readonly version?: number;
  /** The caller's own name for the request. */
  readonly requestId?: string;
}

/** A model that answers: what every protocol speaks to. */
export interface Answerer {
  readonly model: string;
  /**
   * The version that answers now, or the one that is asked for.
   * @throws NotReadyError when there is no champion
   * @throws NotFoundError when there is no such version
   */
  describe(version?: number): Promise<{ readonly version: number; readonly signature: Signature }>;
  /**
   * Answers a request and logs what it answered.
   * @param parse reads the request's rows as a version's signature wants them: called once for each version that is asked
   * @returns the answer, and the signature that the rows were read by
   * @throws what `parse` throws, InvalidInputError, NotReadyError, NotFoundError
   */
  answer(
    parse: (signature: Signature) => readonly Row[],
    request?: PredictionRequest,
  ): Promise<{ readonly answer: PredictionAnswer; readonly signature: Signature }>;
}
