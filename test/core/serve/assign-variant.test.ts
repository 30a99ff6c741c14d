import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rollout } from '#core/registry/deployment-records.ts';
import { assignRows, isCanary } from '#core/serve/assign-variant.ts';

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

describe('assignRows', () => {
  const rows = ENTITIES.slice(0, 200).map((customer, index) => ({ customer, index }));
  const sticking = { ...rollout(50), stickTo: 'customer' };
  const draw = (...[by, id, asked]: Parameters<typeof assignRows>) => [...assignRows(by, id, asked).canary];

  it('draws all or none of a request by its prediction id when nothing sticks', () => {
    for (const id of ENTITIES.slice(0, 100)) {
      const all = isCanary(rollout(50), id);
      expect(draw(rollout(50), id, rows)).toEqual(all ? [...rows.keys()] : []);
    }
  });

  it('draws each row by the value that assignment sticks to, whatever the request', () => {
    const drawn = draw(sticking, 'p', rows);
    expect(drawn).toEqual(draw(sticking, 'another', rows));
    expect(drawn).toEqual(
      rows.filter(({ customer }) => isCanary(rollout(50), customer)).map(({ index }) => index),
    );
  });

  it('takes no value for a value: rows without it go together', () => {
    expect([0, 2]).toContain(draw(sticking, 'p', [{ customer: null }, {}]).length);
  });

  it('draws by the prediction id where the champion does not read the column', () => {
    for (const id of ENTITIES.slice(0, 100)) {
      expect(draw(sticking, id, [{ index: 1 }, { index: 2 }])).toEqual(isCanary(sticking, id) ? [0, 1] : []);
    }
  });

  it('compares what scoring takes where one entity decides, or both score all rows', () => {
    const isComparable = (by: typeof sticking, asked: typeof rows) => assignRows(by, 'p', asked).isComparable;
    const shadow = { ...sticking, stage: { kind: 'shadow' } as const };
    const one = rows.slice(0, 5).map((row) => ({ ...row, customer: 'a' }));
    expect([isComparable(sticking, one), isComparable(sticking, rows)]).toEqual([true, false]);
    expect(assignRows(rollout(50), 'p', rows).isComparable).toBe(true);
    expect(assignRows(shadow, 'p', rows).isComparable).toBe(true);
  });
});
