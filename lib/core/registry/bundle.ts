import type { ObjectPointer } from './records.ts';

/** What reads a model file, and the name it has in a bundle. */
export const MODEL_FILE = { xgboost: 'model.ubj', linear: 'model.json', naive: 'model.json' } as const;
export type Engine = keyof typeof MODEL_FILE;
export type ModelFile = (typeof MODEL_FILE)[Engine];

/** The other files of a model version; each is named with its hash in the manifest. */
export const SIDE_FILES = [
  'signature.json',
  'decision.json',
  'baseline.json',
  'evaluation.json',
  'spec.json',
  'training.json',
] as const;
export type SideFile = (typeof SIDE_FILES)[number];

/** One model file and all side files. */
export type BundleFiles<Pointer> = Readonly<Record<SideFile, Pointer> & Partial<Record<ModelFile, Pointer>>>;

/** The names of a bundle's files. */
export function bundleFiles(engine: Engine): readonly (ModelFile | SideFile)[] {
  return [MODEL_FILE[engine], ...SIDE_FILES];
}

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
  /** What reads the model file. */
  readonly engine: Engine;
  /** Library name -> version. */
  readonly libraries: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly datasets: readonly {
    readonly dataset: string;
    readonly version: number;
    readonly manifest: ObjectPointer;
  }[];
  readonly files: BundleFiles<ObjectPointer>;
}

/** Where a bundle's model file is. @throws TypeError when the manifest names none: it is not one of ours */
export function modelPointer({ engine, files }: Pick<ModelManifest, 'engine' | 'files'>): ObjectPointer {
  const pointer = files[MODEL_FILE[engine]];
  if (!pointer) throw new TypeError(`the manifest names no ${MODEL_FILE[engine]}`);
  return pointer;
}

/** `models/<model>/versions/000007`. */
export function bundlePrefix(model: string, version: number): string {
  return `models/${model}/versions/${String(version).padStart(6, '0')}`;
}

/** Where a run keeps what later steps read: `models/<model>/runs/<runId>`. */
export function runPrefix(model: string, runId: string): string {
  return `models/${model}/runs/${runId}`;
}

/** What a person who has to approve a version reads: `models/<model>/versions/000007/approval.html`. */
export function approvalPageKey(model: string, version: number): string {
  return `${bundlePrefix(model, version)}/approval.html`;
}
