import { compileEncoder, type Encoder } from '#core/serve/encode-rows.ts';
import { NotReadyError } from '#core/serve/problem-document.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { Predictor } from '#ports/predictor.ts';
import type { ModelRegistry } from '#ports/registry.ts';
import { loadBundle } from './load-bundle.ts';

/** A loaded version that answers. */
export interface Champion {
  readonly version: number;
  readonly signature: Signature;
  readonly encoder: Encoder;
  readonly predictor: Predictor;
}

export interface ChampionOptions {
  readonly model: string;
  readonly store: ObjectStore;
  readonly registry: ModelRegistry;
  readonly load: (model: Uint8Array) => Predictor;
  /** Milliseconds of a monotonic clock. */
  readonly clock: () => number;
  /** Milliseconds that the deployment pointer is believed. @default 2000 */
  readonly lifetimeMs?: number;
}

/**
 * Keeps the champion loaded: the pointer is read again when it is older than its lifetime, the bundle only when the
 * pointer moved. When the registry cannot be read, the last good champion goes on answering.
 */
export function championHolder(options: ChampionOptions): () => Promise<Champion> {
  const { model, store, registry, load, clock, lifetimeMs = 2000 } = options;
  let held: Champion | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (held && clock() - readAt < lifetimeMs) return held;
    try {
      const deployment = await registry.deployment(model);
      if (!deployment?.champion) throw new NotReadyError(`${model} has no champion yet: train it first`);
      if (deployment.champion.version !== held?.version) {
        const { signature, model: bytes } = await loadBundle(store, deployment.champion.manifest);
        const before = held?.predictor;
        held = {
          version: deployment.champion.version,
          signature,
          encoder: compileEncoder(signature),
          predictor: load(bytes),
        };
        before?.close();
      }
    } catch (error) {
      if (!held) throw error;
      console.warn(
        JSON.stringify({
          level: 'WARN',
          message: 'the last good champion answers',
          model,
          cause: String(error),
        }),
      );
    }
    readAt = clock();
    return held;
  };
}
