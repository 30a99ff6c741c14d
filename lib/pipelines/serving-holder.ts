import { NotFoundError } from '#core/errors.ts';
import type { DeployedVersion, Deployment, Rollout } from '#core/registry/deployment-records.ts';
import { NotReadyError } from '#core/serve/problem-document.ts';
import type { ModelRegistry } from '#ports/registry.ts';
import { fulfilledWithin } from '#ports/timer.ts';
import { BundleCache, type BundleCacheOptions, type LoadedVersion } from './bundle-cache.ts';
import type { PointerCopies } from './pointer-copies.ts';

/** What answers now. */
export interface Serving {
  readonly champion: LoadedVersion;
  /** Absent, too, while the challenger is being loaded. */
  readonly rollout?: Rollout;
  /** The challenger of the rollout; absent when it does not load. */
  readonly candidate?: LoadedVersion;
}

export interface ServingHolderOptions extends BundleCacheOptions {
  readonly model: string;
  readonly registry: Pick<ModelRegistry, 'deployment' | 'modelVersion'>;
  readonly copies: PointerCopies;
  /** Told how many answers were given by a pointer older than its lifetime, as `PointerStale`. */
  readonly count: (model: string, counts: Readonly<Record<string, number>>) => void;
}

/** A pointer of this age is used as it is; an older one is used and read again beside the request. */
const YOUNG_MS = 2000;
/** A pointer's lifetime: a request waits for a newer one. */
const LIFETIME_MS = 5000;
/** What it waits when something is held, from the question on. */
const PATIENCE_MS = 250;
/** When the pointer is known to have moved, the bundle is worth this wait. */
const BUNDLE_PATIENCE_MS = 10_000;
/** What the pointer waits for a challenger's bundle: it moves without, and the challenger comes with the next reading. */
const CANDIDATE_PATIENCE_MS = 1000;
/** What an instance that holds nothing keeps asking for, before its first request fails. */
const COLD_PATIENCE_MS = 10_000;
/** Between two questions to a registry that fails. */
const RETRY_MS = 1000;
/** A question without an answer for so long is asked again: its connection may have died while the instance slept. */
const ABANDONED_MS = 3000;

const NEVER = Number.NEGATIVE_INFINITY;

/** One reading of the pointer. */
interface Reading {
  readonly askedAt: number;
  readonly pointer: Promise<Deployment | undefined>;
  /** The pointer is in use, and its bundles are loaded. */
  readonly done: Promise<void>;
  state: 'running' | 'done' | 'failed';
}

/**
 * Keeps in memory what is deployed. An answer comes from a version that was deployed at most five seconds before, and
 * the registry is asked beside the requests, so that only the first one after a pause waits for it. When the registry
 * or a new bundle cannot be read, the last good version goes on answering, which is counted and warned of; an instance
 * that has none yet answers by the copy of what was deployed last.
 */
export class ServingHolder {
  readonly #options: ServingHolderOptions;
  readonly #cache: BundleCache;
  readonly #versions = new Map<number, { readonly deployed: DeployedVersion; readonly askedAt: number }>();
  #held: (Serving & { readonly pointers: readonly DeployedVersion[] }) | undefined;
  /** When the pointer in use was asked for; it is as old as the question, however long the answer took. */
  #askedAt = NEVER;
  #keptRev: number | undefined;
  #reading: Reading | undefined;
  #stale = 0;

  constructor(options: ServingHolderOptions) {
    this.#options = options;
    this.#cache = new BundleCache(options);
  }

  /**
   * Does `work` with what is deployed, which must not be used after `work` has returned.
   * @throws NotReadyError while the model has no champion
   */
  async deployed<T>(work: (serving: Serving) => T): Promise<T> {
    await this.#becomeFresh();
    if (this.#held) return work(this.#held);
    throw new NotReadyError(`${this.#options.model} has no champion yet: train it first`);
  }

  /**
   * Does `work` with a version, deployed or not, which must not be used after `work` has returned.
   * @throws NotFoundError when there is none of that number that may answer
   */
  async version<T>(version: number, work: (loaded: LoadedVersion) => T): Promise<T> {
    const deployed = await this.#find(version);
    for (;;) {
      await this.#cache.load(deployed);
      const loaded = this.#cache.get(deployed);
      if (!loaded) continue; // others took its place at the same moment
      this.#cache.trim([...(this.#held?.pointers ?? []), deployed]);
      return work(loaded);
    }
  }

  async #becomeFresh(): Promise<void> {
    const { timer } = this.#options;
    const age = () => timer.now() - this.#askedAt;
    if (this.#held && age() < YOUNG_MS) return;
    let reading = this.#read();
    if (!this.#held) {
      reading = await this.#firstReading(reading);
    } else {
      if (age() < LIFETIME_MS) return;
      const patience = Math.max(0, reading.askedAt + PATIENCE_MS - timer.now());
      if (await fulfilledWithin(timer, reading.pointer, patience)) {
        await fulfilledWithin(timer, reading.done, BUNDLE_PATIENCE_MS);
      }
    }
    if (reading.state !== 'done') this.#stale++;
  }

  /** Nothing is held and no copy is known: a registry that fails is asked again for a while, since nobody can answer. */
  async #firstReading(first: Reading): Promise<Reading> {
    const { timer } = this.#options;
    const end = first.askedAt + COLD_PATIENCE_MS;
    for (let reading = first; ; reading = this.#read()) {
      try {
        await reading.done;
        return reading;
      } catch (error) {
        if (this.#held) return reading;
        const wasRead = await reading.pointer.then(
          () => true,
          () => false,
        );
        if (wasRead || timer.now() + RETRY_MS > end) throw error;
        await new Promise<void>((done) => timer.after(RETRY_MS, done));
      }
    }
  }

  /** The reading that is under way, or failed a moment ago, or else a new one. */
  #read(): Reading {
    const now = this.#options.timer.now();
    const last = this.#reading;
    const joined = { running: ABANDONED_MS, failed: this.#held ? RETRY_MS : 0, done: 0 };
    if (last && now - last.askedAt < joined[last.state]) return last;
    const { registry, model } = this.#options;
    const pointer = registry.deployment(model);
    const reading: Reading = {
      askedAt: now,
      pointer,
      done: pointer
        .then((deployment) => this.#use(deployment, now))
        .catch(async (error) => {
          if (!this.#held) await this.#useCopy().catch(() => {});
          throw error;
        }),
      state: 'running',
    };
    reading.done.then(
      () => this.#end(reading, 'done'),
      (error) => this.#end(reading, 'failed', error),
    );
    this.#reading = reading;
    return reading;
  }

  async #use(deployment: Deployment | undefined, askedAt: number): Promise<void> {
    if (!deployment?.champion) {
      if (askedAt >= this.#askedAt) this.#held = undefined;
      return;
    }
    const { champion, rollout } = deployment;
    const [, candidate] = await Promise.all([
      this.#cache.load(champion),
      rollout && this.#loadCandidate(rollout.candidate),
    ]);
    if (askedAt < this.#askedAt) return; // a later question was answered before
    const loaded = this.#cache.get(champion);
    if (!loaded) return this.#use(deployment, askedAt);
    const pointers = [champion, ...(rollout ? [rollout.candidate] : [])];
    const tried = rollout && candidate !== 'loading' ? this.#cache.get(rollout.candidate) : undefined;
    this.#held = {
      champion: loaded,
      ...(rollout && candidate !== 'loading' && { rollout }),
      ...(tried && { candidate: tried }),
      pointers,
    };
    this.#askedAt = askedAt;
    this.#cache.trim(pointers);
    if (deployment.rev !== this.#keptRev && askedAt !== NEVER) void this.#keepCopy(deployment);
  }

  /** What was not copied is copied after the next reading. */
  async #keepCopy(deployment: Deployment): Promise<void> {
    try {
      await this.#options.copies.keep(deployment);
      this.#keptRev = deployment.rev;
    } catch (error) {
      this.#warn('the pointer was not copied', error);
    }
  }

  /** It is as old as can be: whoever answers by it asks the registry again. */
  async #useCopy(): Promise<void> {
    await this.#use(await this.#options.copies.newest(), NEVER);
  }

  async #loadCandidate(candidate: DeployedVersion): Promise<'loaded' | 'loading' | 'failed'> {
    const loading = this.#cache.load(candidate).then(
      () => 'loaded' as const,
      (error) => {
        this.#warn(`version ${candidate.version} cannot be loaded`, error);
        return 'failed' as const;
      },
    );
    const ended = await fulfilledWithin(this.#options.timer, loading, CANDIDATE_PATIENCE_MS);
    return ended ? loading : 'loading';
  }

  #end(reading: Reading, state: Reading['state'], error?: unknown): void {
    reading.state = state;
    if (state === 'failed' && this.#held) this.#warn('the last good champion answers', error);
    if (this.#stale === 0) return;
    this.#options.count(this.#options.model, { PointerStale: this.#stale });
    this.#stale = 0;
  }

  async #find(version: number): Promise<DeployedVersion> {
    const { registry, model, timer, count } = this.#options;
    const deployed = this.#held?.pointers.find((pointer) => pointer.version === version);
    if (deployed) return deployed;
    const known = this.#versions.get(version);
    const now = timer.now();
    if (known && now - known.askedAt < LIFETIME_MS) return known.deployed;
    const record = await registry.modelVersion(model, version).catch((error) => {
      if (!known) throw error;
      count(model, { PointerStale: 1 });
      return { ...known.deployed, status: 'approved' } as const;
    });
    if (!record?.manifest || (record.status !== 'approved' && record.status !== 'registered')) {
      this.#versions.delete(version);
      throw new NotFoundError(`${model} has no version ${version} that may answer`);
    }
    const found = { version, manifest: record.manifest };
    this.#versions.set(version, { deployed: found, askedAt: now });
    return found;
  }

  #warn(message: string, cause: unknown): void {
    const { model } = this.#options;
    console.warn(JSON.stringify({ level: 'WARN', message, model, cause: String(cause) }));
  }
}
