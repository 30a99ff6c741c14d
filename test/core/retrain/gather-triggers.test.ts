import fc from 'fast-check';
import { expect, it } from 'vitest';
import { causes, gather, gatherAll } from '#core/retrain/gather-triggers.ts';
import type { GatheredTriggers, TriggerKind } from '#core/retrain/records.ts';
import { drift, wish } from '#test/support/retraining.ts';

const none: GatheredTriggers = { triggers: [] };
const KINDS: readonly TriggerKind[] = ['new-data', 'schedule', 'drift', 'performance', 'change', 'person'];

it('of more than 100 triggers the count is kept, and of each kind the first and the newest', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 300 }), (kinds) => {
      const all = kinds.map((kind, index) => drift(`${index}`, { kind }));
      const { triggers, more = 0 } = all.reduce(gather, none);
      expect(triggers.length + more).toBe(all.length);
      expect(triggers.length).toBe(Math.min(100, all.length));
      for (const kind of new Set(kinds)) {
        expect(triggers).toContainEqual(all.find((one) => one.kind === kind));
        expect(triggers).toContainEqual(all.findLast((one) => one.kind === kind));
      }
      const order = triggers.map(({ id }) => Number(id.slice('drift:'.length)));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }),
  );
});

it('what was gathered twice is counted together', () => {
  const many = Array.from({ length: 120 }, (_, index) => drift(`${index}`)).reduce(gather, none);
  expect(gatherAll(many, many)).toMatchObject({ more: 140 });
  expect(gatherAll(many, null)).toEqual(many);
  expect(gatherAll({ triggers: [drift()] }, { triggers: [wish()] })).toEqual({ triggers: [drift(), wish()] });
});

it('long sentences and many figures are cut to what an item of the registry can hold', () => {
  const figures = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, index]));
  const [kept] = gather(none, drift('a', { reason: 'x'.repeat(10_000), figures })).triggers;
  expect(kept?.reason).toHaveLength(500);
  expect(Object.keys(kept?.figures ?? {})).toHaveLength(10);
});

it('a person comes first among causes, and the others are counted', () => {
  expect(causes({ triggers: [drift()] })).toBe('carrier drifted in window a');
  expect(causes({ triggers: [drift(), wish()] })).toBe('anna asks for it, and 1 more cause');
  expect(causes({ triggers: [drift(), drift('b')], more: 7 })).toBe(
    'carrier drifted in window a, and 8 more causes',
  );
});
