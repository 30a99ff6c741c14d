import { type ColumnProfile, categoricalProfile, numericProfile } from '#core/drift/profile.ts';
import { type BundleFiles, bundleFiles } from '#core/registry/bundle.ts';
import type { Decision } from '#core/serve/decision.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import type { Registration } from '#lib/pipelines/register-version.ts';
import type { ObjectStore, StoredObject } from '#ports/object-store.ts';
import type { Predictor } from '#ports/predictor.ts';
import { tripsLate } from './trips.ts';

export const signature = signatureOf(tripsLate(), { city: ['north', 'south'], kind: ['day'] });

/** Of a model without calibration. */
export const decision: Decision = { format: 1, calibration: null, threshold: 0.5 };

/** Of the kilometres and the cities of 400 trips. */
export const baseline: ColumnProfile[] = [
  numericProfile(
    'km',
    [10, 20, 30, 40],
    Array.from({ length: 400 }, (_, index) => index % 50),
  ),
  categoricalProfile(
    'city',
    ['north', 'south'],
    Array.from({ length: 400 }, (_, index) => (index % 2 ? 'north' : 'south')),
  ),
];

/** What a training run leaves in the store; `model` is the text of the model file. */
export async function leaveRun(
  store: ObjectStore,
  runId: string,
  model = `model of ${runId}`,
): Promise<Registration> {
  const body = (name: string) =>
    name === 'signature.json'
      ? JSON.stringify(signature)
      : name === 'decision.json'
        ? JSON.stringify(decision)
        : name === 'model.ubj'
          ? model
          : name === 'spec.json'
            ? JSON.stringify(tripsLate())
            : name === 'baseline.json'
              ? JSON.stringify({ format: 1, columns: baseline })
              : `"${name}"`;
  const files = await Promise.all(
    bundleFiles('xgboost').map(
      async (name) => [name, await store.write(`runs/${runId}/${name}`, body(name))] as const,
    ),
  );
  const facts: Registration['facts'] = {
    model: 'trips-late',
    createdAt: '2013-01-01T00:00:00.000Z',
    runId,
    parent: null,
    specHash: 'spec',
    codeVersion: 'code',
    engine: 'xgboost',
    libraries: { xgboost: '3' },
    seed: 1,
    datasets: [
      { dataset: 'trips', version: 4, manifest: { key: 'm', versionId: '0', size: 1, sha256: 's' } },
    ],
  };
  return {
    facts,
    files: Object.fromEntries(files) as BundleFiles<StoredObject>,
    metrics: { auc: 0.7 },
  };
}

/** A model whose margin is the sum of a row's features, missing ones being 0. Refuses to work once it is closed. */
export class SumPredictor implements Predictor {
  readonly columns: number;
  readonly outputs = 1;
  readonly name: string;
  closed = false;

  constructor(columns: number, name = '') {
    this.columns = columns;
    this.name = name;
  }

  margins({ rows, columns, values }: { rows: number; columns: number; values: Float32Array }): Float32Array {
    if (this.closed) throw new Error('the predictor is closed');
    return Float32Array.from({ length: rows }, (_, row) =>
      values.subarray(row * columns, (row + 1) * columns).reduce((sum, value) => sum + (value || 0), 0),
    );
  }

  scores(features: { rows: number; columns: number; values: Float32Array }): Float32Array {
    return this.margins(features).map((margin) => 1 / (1 + Math.exp(-margin)));
  }

  /** What each feature adds; there is no bias. */
  contributions({ rows, columns, values }: { rows: number; columns: number; values: Float32Array }) {
    const parts = new Float32Array(rows * (columns + 1));
    for (const [index, value] of values.entries()) {
      parts[Math.floor(index / columns) * (columns + 1) + (index % columns)] = value || 0;
    }
    return parts;
  }

  close(): void {
    this.closed = true;
  }
}
