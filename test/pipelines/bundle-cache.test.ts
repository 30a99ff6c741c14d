import { beforeEach, describe, expect, it } from 'vitest';
import type { DeployedVersion } from '#core/registry/deployment-records.ts';
import { BundleCache } from '#lib/pipelines/bundle-cache.ts';
import { SumPredictor, signature } from '#test/support/bundle.ts';
import { DrivenTimer, settle } from '#test/support/driven-timer.ts';
import { Production } from '#test/support/production.ts';

/** A load that takes longer is thought dead. */
const JOINED = 15_000;

let timer: DrivenTimer;
let deployed: DeployedVersion;
let cache: BundleCache;
/** Manifests that were asked for, each by what lets it arrive. */
let asked: ((arrives: boolean) => void)[];
let loaded: number;
beforeEach(async () => {
  const production = new Production();
  const { version, manifest } = await production.approve('a');
  if (!manifest) throw new Error('no manifest');
  deployed = { version, manifest };
  timer = new DrivenTimer();
  [asked, loaded] = [[], 0];
  const store = new Proxy(production.store, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        if (JSON.stringify(args).includes(manifest.key)) {
          const arrives = await new Promise<boolean>((done) => asked.push(done));
          if (!arrives) throw new Error('it is down');
        }
        return method.apply(target, args);
      };
    },
  });
  cache = new BundleCache({
    store,
    load: () => {
      loaded++;
      return new SumPredictor(signature.features.length);
    },
    openRedaction: async () => (row) => row,
    timer,
  });
});

describe('a bundle', () => {
  it('is read once for all who ask while it is read', async () => {
    const both = [cache.load(deployed), cache.load(deployed)];
    asked[0]?.(true);
    await Promise.all(both);
    expect([asked.length, loaded, cache.get(deployed)?.version]).toEqual([1, 1, deployed.version]);
  });

  it('is read again when its reading seems to have died, and taken from whichever comes first', async () => {
    const first = cache.load(deployed);
    await timer.pass(JOINED);
    const second = cache.load(deployed);
    await settle();
    asked[1]?.(true);
    await second;
    const taken = cache.get(deployed);
    asked[0]?.(true);
    await first;
    expect([asked.length, loaded]).toEqual([2, 1]);
    expect(cache.get(deployed)).toBe(taken);
  });

  it('whose first reading fails late is still read only once more', async () => {
    const first = cache.load(deployed);
    await timer.pass(JOINED);
    const second = cache.load(deployed);
    await settle();
    asked[0]?.(false);
    await expect(first).rejects.toThrow('it is down');
    const third = cache.load(deployed);
    await settle();
    expect(asked).toHaveLength(2);
    asked[1]?.(true);
    await Promise.all([second, third]);
    expect(loaded).toBe(1);
  });
});
