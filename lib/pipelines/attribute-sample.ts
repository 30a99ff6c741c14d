import type { WindowSummary } from '#core/monitor/summary.ts';
import type { Engine } from '#core/registry/bundle.ts';
import { modelPointer } from '#core/registry/bundle.ts';
import { inputReader } from '#core/replay/read-inputs.ts';
import { compileEncoder } from '#core/serve/encode-rows.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { Predictor } from '#ports/predictor.ts';
import type { Watched } from './profile-window.ts';

/** Opens a model file, whose hash was checked. */
export type OpenModel = (engine: Engine, model: Uint8Array, signature: Signature) => Predictor;

const NOTHING_HIDDEN = new Set<string>();

/**
 * SHAP values of a window's sample, as `Predictor.contributions` gives them.
 * @returns null where no row can be scored, as of a version some of whose inputs the log hides
 */
export async function attributeSample(
  store: ObjectStore,
  open: OpenModel,
  { manifest, signature }: Pick<Watched, 'manifest' | 'signature'>,
  { sample }: Pick<WindowSummary, 'sample'>,
): Promise<Float32Array | null> {
  if (signature.inputs.some(({ column }) => column.sensitive !== undefined)) return null;
  const read = inputReader(signature, NOTHING_HIDDEN);
  const rows = sample.flatMap(({ inputs }) => {
    const { row } = read(inputs);
    return row === null ? [] : [row];
  });
  if (rows.length === 0) return null;
  const predictor = open(manifest.engine, await store.readVerified(modelPointer(manifest)), signature);
  try {
    const { columns, encode } = compileEncoder(signature);
    return predictor.contributions({ rows: rows.length, columns, values: encode(rows) });
  } finally {
    predictor.close();
  }
}
