import type { Deployment } from '#core/registry/deployment-records.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import { readDocument } from './read-document.ts';

/** What was deployed, as it was last seen: an instance that starts while the registry fails answers by it. */
export interface PointerCopies {
  keep(deployment: Deployment): Promise<void>;
  /** Undefined when none was kept yet. */
  newest(): Promise<Deployment | undefined>;
}

/** Copies in the store, `deployments/<model>/000000012.json` by their rev, each written once by whoever sees it first. */
export function pointerCopies(
  store: Pick<ObjectStore, 'create' | 'list' | 'read'>,
  model: string,
): PointerCopies {
  const prefix = `deployments/${model}/`;
  return {
    async keep(deployment) {
      const key = `${prefix}${String(deployment.rev).padStart(9, '0')}.json`;
      await store.create(key, JSON.stringify(deployment), 'application/json');
    },
    async newest() {
      const last = (await store.list(prefix)).at(-1);
      return last && readDocument<Deployment>(store, last.key);
    },
  };
}
