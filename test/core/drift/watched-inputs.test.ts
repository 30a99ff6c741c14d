import { expect, it } from 'vitest';
import { watchedInputs } from '#core/drift/index.ts';

const row = (
  variant: 'champion' | 'canary' | 'shadow' | 'pinned',
  inputs: Readonly<Record<string, number>>,
) => ({
  variant,
  inputs,
});

it('counts what each request brought once, whoever answered it', () => {
  const logged = [
    row('champion', { km: 1 }),
    row('shadow', { km: 1 }),
    row('canary', { km: 2 }),
    row('pinned', { km: 3 }),
  ];
  expect(watchedInputs(logged, [{ column: 'km' }])).toEqual([{ km: 1 }, { km: 2 }, { km: 3 }]);
});

it('leaves out rows of a version that took other columns: what it did not ask for is not missing', () => {
  const logged = [row('champion', { km: 1 }), row('champion', { km: 2, mm: 0 })];
  expect(watchedInputs(logged, [{ column: 'km' }, { column: 'mm' }])).toEqual([{ km: 2, mm: 0 }]);
});
