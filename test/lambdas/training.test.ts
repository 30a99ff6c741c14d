import { beforeEach, describe, expect, it, vi } from 'vitest';
import { IntegrityError } from '#core/errors.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import { categorical } from '#core/spec/model.ts';
import { featuresFile, hourly, prepare, reader } from '#test/adapters/duckdb/prepare-trips.ts';
import { tripsLate } from '#test/support/trips.ts';
import { readSets } from '../../lambdas/shared/training.ts';
import { memory, openMemory } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

beforeEach(openMemory);

const manyCities = hourly(200, (index) => ({ city: index % 4 ? 'north' : 'south' }));

async function prepared(maxLevels = 256) {
  const features = { ...tripsLate().features, kind: categorical('kind', { maxLevels }) };
  const model = tripsLate({ features });
  const rows = manyCities.map((row, index) => ({ ...row, kind: `kind ${index % 5}` }));
  const signature = signatureOf(model, (await prepare(rows, model)).levels);
  return { features: await memory.store.upload(featuresFile, `features-${maxLevels}.parquet`), signature };
}

describe('readSets', () => {
  it('has the rows of a run as its prepared file has them', async () => {
    const { features, signature } = await prepared();
    expect(await readSets(features, signature)).toEqual(await reader.readSets(featuresFile, signature));
  });

  it('reads rows once for steps that ask for them one after another', async () => {
    const { features, signature } = await prepared();
    const sets = await readSets(features, signature);
    memory.store.downloadVerified = async () => {
      throw new Error('read again');
    };
    expect(await readSets(features, structuredClone(signature))).toBe(sets);
  });

  it('reads the same file again for a model that tells other levels apart', async () => {
    const [many, few] = [await prepared(), await prepared(2)];
    expect(few.features.sha256).toBe(many.features.sha256);
    const kinds = async ({ features, signature }: typeof many) => {
      const { values, rows } = (await readSets(features, signature)).train;
      return new Set(Array.from({ length: rows }, (_, row) => values[row * signature.features.length + 1]));
    };
    expect((await kinds(many)).size).toBe(5);
    expect((await kinds(few)).size).toBe(3);
  });

  it('refuses rows that are not those that were prepared', async () => {
    const { features, signature } = await prepared(3);
    memory.store.flipByte(features);
    await expect(readSets(features, signature)).rejects.toThrow(IntegrityError);
  });
});
