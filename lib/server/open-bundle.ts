import { createHmac, randomBytes } from 'node:crypto';
import { BundleDirectory } from '#adapters/files/bundle-directory.ts';
import { nodeTimer as timer } from '#adapters/node-timer.ts';
import type { OpenPredictor } from '#adapters/open-predictor.ts';
import { NotFoundError } from '#core/errors.ts';
import type { Row } from '#core/expression/index.ts';
import type { Prediction } from '#core/serve/answer.ts';
import { describeInputs } from '#core/serve/describe-inputs.ts';
import { parseRows } from '#core/serve/parse-rows.ts';
import { NotReadyError } from '#core/serve/problem-document.ts';
import { redactRow } from '#core/serve/redact.ts';
import type { PredictionLog } from '#ports/prediction-log.ts';
import { answerer } from '../pipelines/answer-rows.ts';
import { loadBundle } from '../pipelines/load-bundle.ts';
import { rowScorer } from '../pipelines/score-rows.ts';
import type { ServedModel } from './routes.ts';

export interface BundleOptions {
  /** Holds `manifest.json` and the files that it names. */
  readonly folder: string;
  /** SHA-256 that the manifest must have. @default any */
  readonly manifestSha256?: string | undefined;
  readonly open: OpenPredictor;
  readonly log: PredictionLog;
}

/** The deployment's key stays in its store: equal values have equal hashes here as long as the process lives. */
const key = randomBytes(32);
const hash = (text: string) => `hmac:${createHmac('sha256', key).update(text).digest('hex').slice(0, 32)}`;

/**
 * The version in a folder, loaded: every file's hash was checked, and it scored a row of its own making.
 * @throws NotFoundError when a file is missing
 * @throws InvalidInputError when the manifest is none
 * @throws IntegrityError when a byte differs from what the manifest says
 * @throws NotReadyError when it does not score its own row
 */
export async function openBundle({ folder, manifestSha256, open, log }: BundleOptions): Promise<ServedModel> {
  const directory = new BundleDirectory(folder);
  const pointer = await directory.manifest(manifestSha256);
  const { manifest, signature, decision, model: bytes } = await loadBundle(directory, pointer);
  const { model, version } = manifest;
  const predictor = open(manifest.engine, bytes, signature);
  const score = rowScorer({ signature, decision, predictor });
  const own = parseRows(signature, describeInputs(signature).example);
  const check = async () => {
    if (!score(own).every(isFiniteAnswer)) {
      throw new NotReadyError(`${model}@${version} does not score a row of its own making`);
    }
    return { model, version };
  };
  await check();
  const columns = [...signature.inputs, ...signature.carried];
  const redact = (row: Row) => redactRow(columns, row, hash);
  const loaded = { version, sha256: pointer.sha256, signature, score, redact };
  return {
    check,
    answerer: answerer({
      model,
      holder: {
        deployed: async (work) => work({ champion: loaded }),
        version: async (asked, work) => {
          if (asked === version) return work(loaded);
          throw new NotFoundError(`${model}@${asked} is not served here, ${model}@${version} is`);
        },
      },
      log,
      // Nothing is rolled out here, and nobody asks this process how busy it is.
      tally: { add: () => {}, addError: () => {} },
      usage: { begin: () => () => {} },
      timer,
      now: Date.now,
      random: () => randomBytes(10),
    }),
  };
}

function isFiniteAnswer(prediction: Prediction): boolean {
  const { probabilities, ...others } = { probabilities: {}, ...prediction };
  return [...Object.values(others), ...Object.values(probabilities)].every(
    (value) => typeof value !== 'number' || Number.isFinite(value),
  );
}
