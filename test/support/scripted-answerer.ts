import { NotFoundError } from '#core/errors.ts';
import type { Row } from '#core/expression/index.ts';
import type { Prediction, PredictionAnswer } from '#core/serve/answer.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { Answerer, PredictionRequest } from '#ports/answerer.ts';

/** An answerer whose predictions a test decides, of versions 1 to `version`. It keeps what it was asked. */
export class ScriptedAnswerer implements Answerer {
  readonly model: string;
  readonly asked: { readonly rows: readonly Row[]; readonly request: PredictionRequest }[] = [];
  readonly #signature: Signature;
  readonly #version: number;
  readonly #predict: (row: Row, index: number) => Prediction & { readonly version?: number };

  constructor(
    signature: Signature,
    version: number,
    predict: (row: Row, index: number) => Prediction & { readonly version?: number },
  ) {
    this.model = signature.model;
    this.#signature = signature;
    this.#version = version;
    this.#predict = predict;
  }

  async describe(version = this.#version): Promise<{ version: number; signature: Signature }> {
    if (version > this.#version) throw new NotFoundError(`model "${this.model}" has no version ${version}`);
    return { version, signature: this.#signature };
  }

  async answer(
    parse: (signature: Signature) => readonly Row[],
    request: PredictionRequest = {},
  ): Promise<{ answer: PredictionAnswer; signature: Signature }> {
    const { version, signature } = await this.describe(request.version);
    const rows = parse(signature);
    this.asked.push({ rows, request });
    const predictions = rows.map(this.#predict);
    const predictionId = '01890000-0000-7000-8000-000000000000';
    return { answer: { predictionId, model: this.model, version, predictions }, signature };
  }
}
