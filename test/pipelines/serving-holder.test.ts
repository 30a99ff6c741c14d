import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, type Mock, vi } from 'vitest';
import { NotFoundError } from '#core/errors.ts';
import { emptyDeployment } from '#core/registry/change-deployment.ts';
import { NotReadyError } from '#core/serve/problem-document.ts';
import { settle } from '#test/support/driven-timer.ts';
import { type Health, MODEL, Production } from '#test/support/production.ts';

const YOUNG = 2000;
const LIFETIME = 5000;
const PATIENCE = 250;

let warn: Mock<typeof console.warn>;
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  return () => warn.mockRestore();
});

describe('what is deployed', () => {
  it('is nothing while the model has no champion: it must be trained first', async () => {
    const production = new Production();
    await expect(production.champion()).rejects.toThrow(
      new NotReadyError('trips-late has no champion yet: train it first'),
    );
    await production.promote('a');
    expect(await production.champion()).toBe(1);
  });

  it('is asked for only when the pointer is two seconds old', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    await production.timer.pass(YOUNG - 1);
    await production.champion();
    expect(production.registryCalls.calls).toBe(1);
    await production.timer.pass(1);
    await production.champion();
    expect(production.registryCalls.calls).toBe(2);
  });

  it('is asked for beside the request while the pointer is younger than five seconds', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    await production.promote('b');
    production.pointerMs = 1000;
    await production.timer.pass(LIFETIME - 1);
    expect(await production.champion()).toBe(1);
    await production.timer.pass(1000);
    expect(await production.champion()).toBe(2);
    expect(production.stale).toBe(0);
  });

  it('is waited for when the pointer is five seconds old', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    await production.promote('b');
    await production.timer.pass(LIFETIME);
    production.pointerMs = PATIENCE - 1;
    const answering = production.champion();
    await production.timer.pass(PATIENCE - 1);
    expect(await answering).toBe(2);
    expect(production.stale).toBe(0);
  });

  it('is asked for once by requests at the same time, and its bundle is loaded once', async () => {
    const production = new Production();
    await production.promote('a');
    expect(await Promise.all([1, 2, 3].map(() => production.champion()))).toEqual([1, 1, 1]);
    expect([production.registryCalls.calls, production.loaded.length]).toEqual([1, 1]);
  });

  it('is as old as the question, however long the answer took', async () => {
    const production = new Production();
    await production.promote('a');
    production.fileMs = LIFETIME;
    const first = production.champion();
    await production.timer.pass(2 * LIFETIME);
    expect(await first).toBe(1);
    production.fileMs = 0;
    await production.promote('b');
    expect(await production.champion()).toBe(2);
  });

  it.each([
    ['of a champion', 'a'],
    ['that there is none', undefined],
  ])('is what was asked for last: a late answer %s changes nothing', async (_, run) => {
    const production = new Production();
    if (run) await production.promote(run);
    const { registry } = production;
    const late = (await registry.deployment(MODEL)) ?? emptyDeployment(MODEL, '2013-01-01T00:00:00.000Z');
    await production.promote('b');
    const newest = await registry.deployment(MODEL);
    await production.champion();
    let arrive = () => {};
    registry.deployment = () => new Promise((done) => (arrive = () => done(late)));
    await production.timer.pass(YOUNG);
    await production.champion();
    registry.deployment = async () => newest;
    await production.timer.pass(LIFETIME - YOUNG);
    const champion = newest?.champion?.version;
    expect(await production.champion()).toBe(champion);
    arrive();
    await settle();
    registry.deployment = vi.fn(async () => newest);
    expect(await production.champion()).toBe(champion);
    expect(registry.deployment).not.toHaveBeenCalled();
  });

  it('is nothing any more when the model has no champion any more', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    production.registry.deployment = async () => emptyDeployment(MODEL, '2013-01-01T00:00:00.000Z');
    await production.timer.pass(LIFETIME);
    await expect(production.champion()).rejects.toThrow(NotReadyError);
  });
});

describe('a promotion', () => {
  it('slows no request down, however long its bundle loads, when requests come all the time', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    await production.promote('b');
    production.fileMs = 1200;
    const seen: number[] = [];
    for (let half = 0; half < 12; half++) {
      await production.timer.pass(500);
      const answering = production.champion();
      await settle();
      seen.push(await Promise.race([answering, Promise.resolve(Number.NaN)]));
    }
    expect(seen).not.toContain(Number.NaN);
    expect(seen.at(-1)).toBe(2);
  });

  it('is waited for by the first request after a pause, so that nobody gets an answer of long ago', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    await production.promote('b');
    await production.timer.pass(60_000);
    production.fileMs = 3000;
    const answering = production.champion();
    await production.timer.pass(6000);
    expect(await answering).toBe(2);
  });

  it('is seen though the question before died while the instance slept', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    await production.timer.pass(YOUNG);
    production.registryHealth = 'hangs';
    await production.champion();
    production.registryHealth = 'well';
    await production.promote('b');
    await production.timer.pass(60_000);
    expect(await production.champion()).toBe(2);
    expect(production.stale).toBe(0);
  });

  it('is seen though loading its bundle died while the instance slept', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    await production.promote('b');
    await production.timer.pass(YOUNG);
    production.storeHealth = 'hangs';
    await production.champion();
    await settle();
    production.storeHealth = 'well';
    await production.timer.pass(60_000);
    expect(await production.champion()).toBe(2);
  });
});

describe('a rollback', () => {
  it('reads nothing of the bundle: the champion before is still loaded', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    await production.promote('b');
    await production.timer.pass(LIFETIME);
    await production.champion();
    const reads = production.storeCalls.calls;
    await production.rollBack();
    production.storeHealth = 'down';
    await production.timer.pass(LIFETIME);
    expect(await production.champion()).toBe(1);
    expect(production.storeCalls.calls).toBe(reads);
  });
});

describe('while the registry fails', () => {
  it.each<Health>(['down', 'hangs'])(
    'the last good champion answers soon, and is counted: %s',
    async (health) => {
      const production = new Production();
      await production.promote('a');
      await production.champion();
      await production.promote('b');
      production.registryHealth = health;
      await production.timer.pass(LIFETIME);
      for (let call = 1; call <= 10; call++) {
        const answering = production.champion();
        await production.timer.pass(PATIENCE);
        expect(await answering).toBe(1);
      }
      production.registryHealth = 'well';
      await production.timer.pass(3000);
      expect(await production.champion()).toBe(2);
      await settle();
      expect(production.stale).toBe(10);
    },
  );

  it('it is asked at most once a second, and each failure is warned of once', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    production.registryHealth = 'down';
    await production.timer.pass(LIFETIME);
    const asked = production.registryCalls.calls;
    for (let call = 0; call < 100; call++) {
      await production.champion();
      await production.timer.pass(20);
    }
    expect(warn).toHaveBeenCalledTimes(2);
    expect(warn.mock.calls[0]?.[0]).toContain('it is down');
    expect(production.registryCalls.calls).toBe(asked);
  });

  it('an instance that starts answers by what another one saw last, which is counted', async () => {
    const production = new Production();
    for (const run of ['a', 'b', 'c']) {
      await production.promote(run);
      await production.timer.pass(LIFETIME);
      await production.champion();
    }
    await settle();
    production.registryHealth = 'down';
    const started = production.openInstance();
    const champion = () => started.deployed(({ champion }) => champion.version);
    expect([await champion(), await champion()]).toEqual([3, 3]);
    production.registryHealth = 'well';
    await production.rollBack();
    await production.timer.pass(1000);
    expect(await champion()).toBe(2);
    expect(production.stale).toBe(2);
  });

  it('an instance that starts has a copy to answer by, though the first try to keep one failed', async () => {
    const production = new Production();
    await production.promote('a');
    const create = production.store.create.bind(production.store);
    production.store.create = async () => Promise.reject(new Error('it is down'));
    await production.champion();
    production.store.create = create;
    await production.timer.pass(LIFETIME);
    await production.champion();
    await settle();
    production.registryHealth = 'down';
    expect(await production.openInstance().deployed(({ champion }) => champion.version)).toBe(1);
  });

  it('each state has been copied once by who saw it, and never by who only had the copy', async () => {
    const production = new Production();
    const create = vi.spyOn(production.store, 'create');
    const copies = () => create.mock.calls.filter(([key]) => key.startsWith('deployments/')).length;
    await production.promote('a');
    for (let look = 0; look < 3; look++) {
      await production.champion();
      await production.timer.pass(LIFETIME);
    }
    expect(copies()).toBe(1);
    production.registryHealth = 'down';
    await production.openInstance().deployed(() => {});
    await settle();
    expect(copies()).toBe(1);
  });

  it('nobody answers when nobody ever knew what is deployed', async () => {
    const production = new Production();
    await production.promote('a');
    production.registryHealth = 'down';
    const failing = expect(production.champion()).rejects.toThrow('it is down');
    await production.timer.pass(10_000);
    await failing;
    production.registryHealth = 'well';
    expect(await production.champion()).toBe(1);
  });

  it('the first request of an instance waits for it to come back', async () => {
    const production = new Production();
    await production.promote('a');
    production.registryHealth = 'down';
    const first = production.champion();
    await production.timer.pass(4000);
    production.registryHealth = 'well';
    await production.timer.pass(1000);
    expect(await first).toBe(1);
  });
});

describe('a bundle', () => {
  it('with a flipped byte is never served: the last good champion goes on, and is counted', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    const { manifest } = await production.promote('b');
    if (manifest) production.store.flipByte(manifest);
    await production.timer.pass(LIFETIME);
    expect(await production.champion()).toBe(1);
    await production.timer.pass(LIFETIME);
    expect(await production.champion()).toBe(1);
    expect(production.stale).toBeGreaterThan(0);
    expect(production.loaded).toHaveLength(1);
  });

  it('is loaded only when the pointer moved, and closed when four newer ones are used', async () => {
    const production = new Production();
    for (const run of ['a', 'b', 'c', 'd', 'e', 'f']) {
      await production.promote(run);
      await production.timer.pass(LIFETIME);
      await production.champion();
      await production.timer.pass(LIFETIME);
      await production.champion();
    }
    expect(production.loaded.map(({ closed }) => closed)).toEqual([true, true, false, false, false, false]);
  });
});

describe('a challenger', () => {
  it('is held beside the champion while it is rolled out, and no longer', async () => {
    const production = new Production();
    await production.promote('a');
    const challenger = await production.approve('b');
    await production.beginRollout(challenger, { kind: 'canary', percent: 10 });
    const seen = () =>
      production.holder.deployed(({ champion, rollout, candidate }) => [
        champion.version,
        rollout?.id,
        candidate?.version,
      ]);
    expect(await seen()).toEqual([1, 'r2', 2]);
    await production.rollBack();
    await production.timer.pass(LIFETIME);
    expect(await seen()).toEqual([1, undefined, undefined]);
  });

  it('that cannot be loaded keeps nobody from the champion, and is known to be missing', async () => {
    const production = new Production();
    await production.promote('a');
    const challenger = await production.approve('b');
    if (challenger.manifest) production.store.flipByte(challenger.manifest);
    await production.beginRollout(challenger, { kind: 'canary', percent: 10 });
    const [champion, rollout, candidate] = await production.holder.deployed((serving) => [
      serving.champion.version,
      serving.rollout?.id,
      serving.candidate,
    ]);
    expect([champion, rollout, candidate]).toEqual([1, 'r2', undefined]);
  });

  it('that loads slowly does not hold up the champion, and joins when it is there', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    await production.beginRollout(await production.approve('b'), { kind: 'shadow' });
    await production.timer.pass(LIFETIME);
    production.fileMs = 2000;
    const first = production.holder.deployed(({ rollout }) => rollout?.id);
    await production.timer.pass(1000);
    expect(await first).toBeUndefined();
    await production.timer.pass(LIFETIME);
    expect(await production.holder.deployed(({ candidate }) => candidate?.version)).toBe(2);
  });
});

describe('a version that is asked for', () => {
  const version = (production: Production, number: number) =>
    production.holder.version(number, (loaded) => loaded.version);

  it('is any that was registered, deployed or not', async () => {
    const production = new Production();
    await production.promote('a');
    await production.approve('b');
    expect([await version(production, 1), await version(production, 2)]).toEqual([1, 2]);
    expect(await production.champion()).toBe(1);
  });

  it('must be there, and must not have been refused', async () => {
    const production = new Production();
    const refused = await production.approve('a');
    await production.registry.updateModelVersion({ ...refused, status: 'refused' }, 'approved');
    for (const number of [1, 2]) {
      await expect(version(production, number)).rejects.toThrow(
        new NotFoundError(`trips-late has no version ${number} that may answer`),
      );
    }
  });

  it('never takes the place of what is deployed, however many are asked for', async () => {
    const production = new Production();
    await production.promote('a');
    await production.champion();
    for (const run of ['b', 'c', 'd', 'e', 'f', 'g']) {
      await version(production, (await production.approve(run)).version);
    }
    expect(production.loaded[0]?.closed).toBe(false);
    expect(production.loaded.filter(({ closed }) => !closed)).toHaveLength(4);
  });

  it('is looked up once in five seconds', async () => {
    const production = new Production();
    await production.approve('a');
    await version(production, 1);
    await production.timer.pass(LIFETIME - 1);
    await version(production, 1);
    expect(production.registryCalls.calls).toBe(1);
    await production.timer.pass(1);
    await version(production, 1);
    expect(production.registryCalls.calls).toBe(2);
  });

  it('is answered by itself, though more are asked for at once than are held', async () => {
    const production = new Production();
    const runs = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (const run of runs) await production.approve(run);
    const numbers = runs.map((_, index) => index + 1);
    let arrive = () => {};
    production.redaction = new Promise((done) => {
      arrive = done;
    });
    const answers = Promise.all(numbers.map((number) => version(production, number)));
    await settle();
    arrive();
    expect(await answers).toEqual(numbers);
  });

  it('that is not known yet fails as the registry does', async () => {
    const production = new Production();
    await production.approve('a');
    production.registryHealth = 'down';
    await expect(version(production, 1)).rejects.toThrow('it is down');
  });

  it('answers while the registry is down, once it is known', async () => {
    const production = new Production();
    await production.approve('a');
    await version(production, 1);
    production.registryHealth = 'down';
    await production.timer.pass(LIFETIME);
    expect(await version(production, 1)).toBe(1);
    expect(production.stale).toBe(1);
  });
});

describe('whatever happens', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 7000 }) }),
    fc.record({ kind: fc.constant('promote' as const), version: fc.integer({ min: 0, max: 2 }) }),
    fc.record({
      kind: fc.constant('delays' as const),
      pointerMs: fc.integer({ min: 0, max: 200 }),
      fileMs: fc.integer({ min: 0, max: 2000 }),
    }),
    fc.constant({ kind: 'ask' as const }),
  );

  it('an answer comes from a version that was champion in the five seconds before, slow bundles or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const production = new Production();
        const versions = [
          await production.approve('a'),
          await production.approve('b'),
          await production.approve('c'),
        ];
        /** Who was champion from when on. */
        const reigns: { version: number; from: number }[] = [];
        const promote = async (index: number) => {
          const version = versions[index] as (typeof versions)[number];
          await production.promoteVersion(version);
          reigns.push({ version: version.version, from: production.timer.now() });
        };
        await promote(0);
        const asked: Promise<void>[] = [];
        for (const next of steps) {
          if (next.kind === 'pass') await production.timer.pass(next.ms);
          else if (next.kind === 'promote') await promote(next.version);
          else if (next.kind === 'delays') Object.assign(production, next);
          else {
            const check = production.holder.deployed(({ champion }) => {
              const now = production.timer.now();
              const recent = reigns.filter(
                (_, index) => (reigns[index + 1]?.from ?? Infinity) > now - LIFETIME - 1,
              );
              expect(recent.map(({ version }) => version)).toContain(champion.version);
            });
            asked.push(check);
          }
          await settle();
        }
        await production.timer.pass(60_000);
        await Promise.all(asked);
        expect(production.stale).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
