import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { emptyDeployment, promoteModel } from '#core/registry/change-deployment.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import { NotReadyError } from '#core/serve/problem-document.ts';
import { championHolder } from '#lib/pipelines/champion.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import { leaveRun, SumPredictor, signature } from '#test/support/bundle.ts';
import { withFaults } from '#test/support/faults.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { MemoryStore } from '#test/support/memory-store.ts';

const MODEL = 'trips-late';
const LIFETIME = 2000;

/** A model in production, with counted reads and a clock that stands until it is moved. */
class Production {
  readonly store = new MemoryStore();
  readonly registry = new MemoryRegistry();
  readonly loaded: SumPredictor[] = [];
  readonly storeCalls = { calls: 0 };
  readonly registryCalls = { calls: 0 };
  down = false;
  now = 0;
  /** Milliseconds that reading the pointer and the bundle takes. */
  loadMs = 0;
  readonly champion = championHolder({
    model: MODEL,
    store: withFaults(this.store, this.storeCalls),
    registry: this.#flaky(),
    load: (_engine, bytes) => {
      this.now += this.loadMs;
      this.loaded.push(new SumPredictor(signature.features.length, new TextDecoder().decode(bytes)));
      return this.loaded.at(-1) as SumPredictor;
    },
    openRedaction: async () => (row) => row,
    clock: () => this.now,
  });

  #flaky(): MemoryRegistry {
    const counted = withFaults(this.registry, this.registryCalls);
    return new Proxy(counted, {
      get: (target, name) => {
        if (this.down) return async () => Promise.reject(new Error('the registry is down'));
        return Reflect.get(target, name);
      },
    });
  }

  /** Registers, approves and promotes the next version. */
  async promote(runId: string): Promise<ModelVersion> {
    const registered = await registerVersion(this.store, this.registry, await leaveRun(this.store, runId));
    const version: ModelVersion = { ...registered, status: 'approved' };
    await this.registry.updateModelVersion(version, 'registered');
    const current = (await this.registry.deployment(MODEL)) ?? emptyDeployment(MODEL, version.createdAt);
    const approvedSha256 = version.manifest?.sha256 ?? '';
    const change = promoteModel(current, {
      version,
      approvedSha256,
      by: 'test',
      at: version.createdAt,
      reason: '',
    });
    if (change) await this.registry.commitDeployment(change);
    return version;
  }
}

function silenceWarnings() {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  return warn;
}

describe('championHolder', () => {
  it('says that a model without a champion must be trained first', async () => {
    const production = new Production();
    await expect(production.champion()).rejects.toThrow(
      new NotReadyError('trips-late has no champion yet: train it first'),
    );
    await production.promote('a');
    expect((await production.champion()).version).toBe(1);
  });

  it('reads the pointer only when it is older than its lifetime', async () => {
    const production = new Production();
    await production.promote('a');
    const first = await production.champion();
    production.now = LIFETIME - 1;
    expect(await production.champion()).toBe(first);
    expect(production.registryCalls.calls).toBe(1);
    production.now = LIFETIME;
    expect(await production.champion()).toBe(first);
    expect(production.registryCalls.calls).toBe(2);
  });

  it('loads the bundle only when the pointer moved', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    const reads = production.storeCalls.calls;
    production.now = LIFETIME;
    await production.champion();
    expect(production.storeCalls.calls).toBe(reads);
    await production.promote('b');
    production.now = 2 * LIFETIME;
    const { version, predictor } = await production.champion();
    expect([version, (predictor as SumPredictor).name]).toEqual([2, 'model of b']);
    expect(production.loaded).toHaveLength(2);
  });

  it('counts the lifetime from the question, not from when a slow bundle was there', async () => {
    const production = new Production();
    await production.promote('a');
    production.loadMs = LIFETIME;
    await production.champion();
    await production.promote('b');
    expect((await production.champion()).version).toBe(2);
  });

  it('shares one read between calls at the same time', async () => {
    const production = new Production();
    await production.promote('a');
    const champions = await Promise.all([1, 2, 3].map(() => production.champion()));
    expect(new Set(champions).size).toBe(1);
    expect([production.registryCalls.calls, production.loaded.length]).toEqual([1, 1]);
  });

  it('lets the last good champion answer while the registry is down, asking once a lifetime, and warns', async () => {
    const warn = silenceWarnings();
    const production = new Production();
    await production.promote('a');
    await production.champion();
    await production.promote('b');
    production.down = true;
    production.now = LIFETIME;
    for (let call = 0; call < 3; call++) expect((await production.champion()).version).toBe(1);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toContain('the registry is down');
    production.down = false;
    production.now = 2 * LIFETIME;
    expect((await production.champion()).version).toBe(2);
  });

  it('fails when the registry is down and nothing was loaded yet', async () => {
    const production = new Production();
    await production.promote('a');
    production.down = true;
    await expect(production.champion()).rejects.toThrow('the registry is down');
  });

  it('never serves a flipped byte: the last good champion goes on', async () => {
    silenceWarnings();
    const production = new Production();
    await production.promote('a');
    await production.champion();
    const { manifest } = await production.promote('b');
    if (manifest) production.store.flipByte(manifest);
    production.now = LIFETIME;
    expect((await production.champion()).version).toBe(1);
    expect(production.loaded).toHaveLength(1);
  });

  it('does not answer any more when the model has no champion any more', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    production.registry.deployment = async () => emptyDeployment(MODEL, '2013-01-01T00:00:00.000Z');
    production.now = LIFETIME;
    await expect(production.champion()).rejects.toThrow(NotReadyError);
  });

  it('never closes a predictor under a request in flight, and frees those long replaced', async () => {
    const production = new Production();
    await production.promote('a');
    const inFlight = await production.champion();
    for (const [index, run] of ['b', 'c', 'd'].entries()) {
      await production.promote(run);
      production.now += LIFETIME;
      await production.champion();
      const features = { rows: 1, columns: 5, values: new Float32Array(5) };
      if (index === 0) expect([...inFlight.predictor.scores(features)]).toEqual([0.5]);
    }
    expect(production.loaded.map(({ closed }) => closed)).toEqual([true, true, false, false]);
  });
});
