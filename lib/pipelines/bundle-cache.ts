import type { Row } from '#core/expression/index.ts';
import type { Engine } from '#core/registry/bundle.ts';
import type { DeployedVersion } from '#core/registry/deployment-records.ts';
import type { Prediction } from '#core/serve/answer.ts';
import type { InputColumn, Signature } from '#core/serve/signature.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { Predictor } from '#ports/predictor.ts';
import type { Timer } from '#ports/timer.ts';
import { loadBundle } from './load-bundle.ts';
import { rowScorer } from './score-rows.ts';

/** A version in memory. */
export interface LoadedVersion {
  readonly version: number;
  /** Of its manifest. */
  readonly sha256: string;
  readonly signature: Signature;
  /** Predictions, one a row. */
  readonly score: (rows: readonly Row[]) => Prediction[];
  /** What the prediction log may keep of a row. */
  readonly redact: (row: Row) => Row;
}

export interface BundleCacheOptions {
  readonly store: ObjectStore;
  readonly load: (engine: Engine, model: Uint8Array, signature: Signature) => Predictor;
  /** What the prediction log may keep of a row of these columns. */
  readonly openRedaction: (columns: readonly InputColumn[]) => Promise<(row: Row) => Row>;
  readonly timer: Timer;
}

/** The champion, its challenger, the champion before and one that somebody asks for by number. */
const CAPACITY = 4;
/** A load that takes longer is no longer joined: what it waits for may have died while the instance slept. */
const JOINED_MS = 15_000;

/**
 * Versions in memory by the hash of their manifest, those used last. A version is handed out to be used before anything
 * is awaited; so whatever is taken out can be closed at once.
 */
export class BundleCache {
  readonly #options: BundleCacheOptions;
  /** In the order of their last use. */
  readonly #loaded = new Map<string, LoadedVersion & { readonly predictor: Predictor }>();
  readonly #loading = new Map<string, { readonly since: number; readonly done: Promise<void> }>();

  constructor(options: BundleCacheOptions) {
    this.#options = options;
  }

  /** The version, if it is loaded. */
  get({ manifest }: DeployedVersion): LoadedVersion | undefined {
    const found = this.#loaded.get(manifest.sha256);
    if (!found) return undefined;
    this.#loaded.delete(manifest.sha256);
    this.#loaded.set(manifest.sha256, found);
    return found;
  }

  /** Resolves when `get` gives it. @throws IntegrityError when a byte differs from what was approved */
  load(deployed: DeployedVersion): Promise<void> {
    const { sha256 } = deployed.manifest;
    if (this.#loaded.has(sha256)) return Promise.resolve();
    const now = this.#options.timer.now();
    const begun = this.#loading.get(sha256);
    if (begun && now - begun.since < JOINED_MS) return begun.done;
    const loading = { since: now, done: this.#read(deployed) };
    this.#loading.set(sha256, loading);
    const end = () => {
      if (this.#loading.get(sha256) === loading) this.#loading.delete(sha256);
    };
    loading.done.then(end, end);
    return loading.done;
  }

  /** Frees what was not used for longest, but for these. */
  trim(kept: readonly DeployedVersion[]): void {
    const needed = new Set(kept.map(({ manifest }) => manifest.sha256));
    for (const [sha256, { predictor }] of this.#loaded) {
      if (this.#loaded.size <= CAPACITY) return;
      if (needed.has(sha256)) continue;
      this.#loaded.delete(sha256);
      predictor.close();
    }
  }

  async #read({ version, manifest: pointer }: DeployedVersion): Promise<void> {
    const { store, load, openRedaction } = this.#options;
    const { sha256 } = pointer;
    const { manifest, signature, decision, model } = await loadBundle(store, pointer);
    const redact = await openRedaction([...signature.inputs, ...signature.carried]);
    // A load that was thought dead may have come first.
    if (this.#loaded.has(sha256)) return;
    const predictor = load(manifest.engine, model, signature);
    const score = rowScorer({ signature, decision, predictor });
    this.#loaded.set(sha256, { version, sha256, signature, score, redact, predictor });
  }
}
