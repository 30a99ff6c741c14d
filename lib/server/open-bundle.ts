import { createHmac, randomBytes } from 'node:crypto';
import { BundleDirectory } from '#adapters/files/bundle-directory.ts';
import type { OpenPredictor } from '#adapters/open-predictor.ts';
import { NotFoundError } from '#core/errors.ts';
import type { Row } from '#core/expression/index.ts';
import { logRows, type Prediction, type PredictionAnswer } from '#core/serve/answer.ts';
import { decideScores, toPredictions } from '#core/serve/decide.ts';
import { describeInputs } from '#core/serve/describe-inputs.ts';
import { compileEncoder } from '#core/serve/encode-rows.ts';
import { parseRows } from '#core/serve/parse-rows.ts';
import { predictionId } from '#core/serve/prediction-id.ts';
import { NotReadyError } from '#core/serve/problem-document.ts';
import { redactRow } from '#core/serve/redact.ts';
import type { Answerer } from '#ports/answerer.ts';
import type { PredictionLog } from '#ports/prediction-log.ts';
import { loadBundle } from '../pipelines/load-bundle.ts';
import type { ServedModel } from './routes.ts';

export interface BundleOptions {
  /** Holds `manifest.json` and the files that it names. */
  readonly folder: string;
  /** SHA-256 that the manifest must have. @default any */
  readonly manifestSha256?: string | undefined;
  readonly open: OpenPredictor;
  readonly log: PredictionLog;
}

/** The deployment's key stays in its store: here equal values are equal as long as the process lives. */
const key = randomBytes(32);
const hash = (text: string) => `hmac:${createHmac('sha256', key).update(text).digest('hex').slice(0, 32)}`;

/**
 * The version in a folder, loaded: every file's hash was checked, and it scored a row of its own making.
 * @throws NotFoundError when a file is missing
 * @throws IntegrityError when a byte differs from what the manifest says
 * @throws NotReadyError when it does not score its own row
 */
export async function openBundle({ folder, manifestSha256, open, log }: BundleOptions): Promise<ServedModel> {
  const directory = new BundleDirectory(folder);
  const bundle = await loadBundle(directory, await directory.manifest(manifestSha256));
  const { signature, decision } = bundle;
  const { model, version } = bundle.manifest;
  const encoder = compileEncoder(signature);
  const predictor = open(bundle.manifest.engine, bundle.model, signature);

  const score = (rows: readonly Row[]): Prediction[] => {
    const features = { rows: rows.length, columns: encoder.columns, values: encoder.encode(rows) };
    const scores = decideScores(decision, predictor.scores(features));
    return toPredictions(signature, decision, scores, predictor.margins(features));
  };
  const redact = (row: Row) => redactRow([...signature.inputs, ...signature.carried], row, hash);
  const own = parseRows(signature, describeInputs(signature).example);
  const check = async () => {
    const [prediction] = score(own);
    const numbers = JSON.stringify(prediction, (_, value) => (Number.isNaN(value) ? null : value));
    if (!prediction || numbers.includes('null'))
      throw new NotReadyError(`${model}@${version} does not score a row of its own making`);
    return { model, version };
  };
  await check();

  const requireVersion = (asked = version) => {
    if (asked !== version)
      throw new NotFoundError(`${model}@${asked} is not served here, ${model}@${version} is`);
  };
  const answerer: Answerer = {
    model,
    describe: async (asked) => {
      requireVersion(asked);
      return { version, signature };
    },
    answer: async (parse, { version: asked, requestId } = {}) => {
      requireVersion(asked);
      const rows = parse(signature);
      const start = performance.now();
      const predictions = score(rows);
      const latencyMs = performance.now() - start;
      const now = Date.now();
      const id = predictionId(now, randomBytes(10));
      const answer: PredictionAnswer = { predictionId: id, model, version, predictions };
      const logged = {
        predictionId: id,
        model,
        version,
        variant: 'champion' as const,
        ...(requestId && { requestId }),
        latencyMs,
        at: new Date(now).toISOString(),
      };
      const indexed = rows.map((row, index) => ({ index, row }));
      await log.append(logRows(signature, logged, indexed, predictions, redact));
      return { answer, signature };
    },
  };
  return { answerer, check };
}
