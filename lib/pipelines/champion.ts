import type { Row } from '#core/expression/index.ts';
import type { Engine } from '#core/registry/bundle.ts';
import type { Decision } from '#core/serve/decision.ts';
import { compileEncoder, type Encoder } from '#core/serve/encode-rows.ts';
import { NotReadyError } from '#core/serve/problem-document.ts';
import type { InputColumn, Signature } from '#core/serve/signature.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { Predictor } from '#ports/predictor.ts';
import type { ModelRegistry } from '#ports/registry.ts';
import { loadBundle } from './load-bundle.ts';

/** A loaded version that answers. */
export interface Champion {
  readonly version: number;
  readonly signature: Signature;
  readonly decision: Decision;
  readonly encoder: Encoder;
  readonly predictor: Predictor;
  /** What the prediction log may keep of a row. */
  readonly redact: (row: Row) => Row;
}

export interface ChampionOptions {
  readonly model: string;
  readonly store: ObjectStore;
  readonly registry: ModelRegistry;
  readonly load: (engine: Engine, model: Uint8Array, signature: Signature) => Predictor;
  /** What the prediction log may keep of a row of these columns. */
  readonly openRedaction: (columns: readonly InputColumn[]) => Promise<(row: Row) => Row>;
  /** Milliseconds of a monotonic clock. */
  readonly clock: () => number;
  /** Milliseconds that the deployment pointer is believed. @default 2000 */
  readonly lifetimeMs?: number;
}

/**
 * Keeps the champion loaded: the pointer is read again when it is older than its lifetime, the bundle only when the
 * pointer moved. When the registry or the new bundle cannot be read, the last good champion goes on answering for
 * another lifetime. Calls at the same time share one refresh, and a replaced predictor stays open until its successor
 * is replaced in turn: a request in flight never holds a closed one.
 * The function it returns throws NotReadyError while the model has no champion.
 */
export function championHolder(options: ChampionOptions): () => Promise<Champion> {
  const { model, store, registry, load, openRedaction, clock, lifetimeMs = 2000 } = options;
  let held: (Champion & { readonly sha256: string }) | undefined;
  let replaced: Predictor | undefined;
  let believedFrom = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<Champion> | undefined;

  async function refresh(): Promise<Champion> {
    // The pointer is as old as the question, however long the answer and the bundle took.
    const askedAt = clock();
    const champion = (await registry.deployment(model))?.champion;
    if (!champion) throw new NotReadyError(`${model} has no champion yet: train it first`);
    if (!held || champion.manifest.sha256 !== held.sha256) {
      const { manifest, signature, decision, model: bytes } = await loadBundle(store, champion.manifest);
      const redact = await openRedaction([...signature.inputs, ...signature.carried]);
      const predictor = load(manifest.engine, bytes, signature);
      const loaded = { signature, decision, encoder: compileEncoder(signature), predictor, redact };
      replaced?.close();
      replaced = held?.predictor;
      held = { version: champion.version, sha256: champion.manifest.sha256, ...loaded };
    }
    believedFrom = askedAt;
    return held;
  }

  function lastGood(error: unknown): Champion {
    if (!held || error instanceof NotReadyError) throw error;
    const message = 'the last good champion answers';
    console.warn(JSON.stringify({ level: 'WARN', message, model, cause: String(error) }));
    believedFrom = clock();
    return held;
  }

  return async () => {
    if (held && clock() - believedFrom < lifetimeMs) return held;
    refreshing ??= refresh()
      .catch(lastGood)
      .finally(() => {
        refreshing = undefined;
      });
    return refreshing;
  };
}
