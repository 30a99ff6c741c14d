import type { ObjectPointer } from './records.ts';

/** The files of a model version; each is named with its hash in the manifest. */
export const BUNDLE_FILES = [
  'model.ubj',
  'signature.json',
  'baseline.json',
  'evaluation.json',
  'spec.json',
  'training.json',
] as const;
export type BundleFile = (typeof BUNDLE_FILES)[number];

/** A model version's own description: what was trained on what, with what. Immutable. */
export interface ModelManifest {
  readonly format: 1;
  readonly model: string;
  readonly version: number;
  /** The run's `asOf`, ISO 8601, UTC. */
  readonly createdAt: string;
  readonly runId: string;
  /** Champion when this version was trained. */
  readonly parent: number | null;
  readonly specHash: string;
  readonly codeVersion: string;
  /** Library name -> version. */
  readonly libraries: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly datasets: readonly {
    readonly dataset: string;
    readonly version: number;
    readonly manifest: ObjectPointer;
  }[];
  readonly files: Readonly<Record<BundleFile, ObjectPointer>>;
}

/** `models/<model>/versions/000007`. */
export function bundlePrefix(model: string, version: number): string {
  return `models/${model}/versions/${String(version).padStart(6, '0')}`;
}

/** Where a run keeps what later steps read: `models/<model>/runs/<runId>`. */
export function runPrefix(model: string, runId: string): string {
  return `models/${model}/runs/${runId}`;
}
