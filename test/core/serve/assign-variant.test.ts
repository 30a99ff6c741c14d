import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rollout } from '#core/registry/deployment-records.ts';
import { canaryRows, isCanary } from '#core/serve/assign-variant.ts';

const rollout = (percent: number, sha256 = 'a'): Pick<Rollout, 'stage' | 'candidate'> => ({
  stage: { kind: 'canary', percent },
  candidate: { version: 2, manifest: { key: 'k', versionId: '1', size: 1, sha256 } },
});
const ENTITIES = Array.from({ length: 20_000 }, (_, index) => `customer ${index}`);

describe('isCanary', () => {
  it.each([1, 10, 50, 99])('draws %i % of the entities', (percent) => {
    const drawn = ENTITIES.filter((entity) => isCanary(rollout(percent), entity)).length / ENTITIES.length;
    const noise = Math.sqrt(((percent / 100) * (1 - percent / 100)) / ENTITIES.length);
    expect(Math.abs(drawn - percent / 100)).toBeLessThan(4 * noise);
  });

  it('keeps an entity with the challenger when its share grows', () => {
    const percents = fc.integer({ min: 1, max: 99 });
    fc.assert(
      fc.property(fc.string(), percents, percents, (entity, a, b) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)];
        if (isCanary(rollout(small), entity)) expect(isCanary(rollout(large), entity)).toBe(true);
      }),
    );
  });

  it('draws others for another challenger', () => {
    const both = ENTITIES.filter(
      (entity) => isCanary(rollout(10), entity) && isCanary(rollout(10, 'b'), entity),
    );
    expect(both.length / ENTITIES.length).toBeGreaterThan(0.005);
    expect(both.length / ENTITIES.length).toBeLessThan(0.015);
  });

  it('draws nobody while the challenger is only scored beside', () => {
    const shadow = { ...rollout(99), stage: { kind: 'shadow' } as const };
    expect(ENTITIES.some((entity) => isCanary(shadow, entity))).toBe(false);
  });
});

describe('canaryRows', () => {
  const rows = ENTITIES.slice(0, 200).map((customer, index) => ({ customer, index }));

  it('draws all or none of a request by its prediction id when nothing sticks', () => {
    for (const id of ENTITIES.slice(0, 100)) {
      const all = isCanary(rollout(50), id);
      expect(canaryRows(rollout(50), id, rows)).toEqual(all ? [...rows.keys()] : []);
    }
  });

  it('draws each row by the value that assignment sticks to, whatever the request', () => {
    const sticking = { ...rollout(50), stickTo: 'customer' };
    const drawn = canaryRows(sticking, 'p', rows);
    expect(drawn).toEqual(canaryRows(sticking, 'another', rows));
    expect(drawn).toEqual(
      rows.filter(({ customer }) => isCanary(rollout(50), customer)).map(({ index }) => index),
    );
  });

  it('takes no value for a value: rows without it go together', () => {
    const sticking = { ...rollout(50), stickTo: 'customer' };
    expect([0, 2]).toContain(canaryRows(sticking, 'p', [{ customer: null }, {}]).length);
  });
});
