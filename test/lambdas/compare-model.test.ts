import { beforeEach, expect, it, vi } from 'vitest';
import { IntegrityError } from '#core/errors.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import type { StoredObject } from '#ports/object-store.ts';
import { leaveRun } from '#test/support/bundle.ts';
import { handler } from '../../lambdas/compare-model.ts';
import { leave, memory, openMemory, run } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

beforeEach(openMemory);

/** A version, and what a training of it again left. */
async function trainAgain(model = 'model of a', version = '3') {
  const { store, registry } = memory;
  const registered = await registerVersion(store, registry, await leaveRun(store, 'a'));
  const { files } = await leaveRun(store, 'again', model);
  const manifest = registered.manifest as StoredObject;
  return {
    run,
    reproduced: { version: 1, manifest },
    prepared: {
      features: files['spec.json'],
      testRows: files['spec.json'],
      preparation: files['spec.json'],
      baseline: files['baseline.json'],
      signature: files['signature.json'],
      spec: files['spec.json'],
    },
    trained: {
      engine: 'xgboost',
      model: files['model.ubj'],
      training: await leave('training.json', { library: { name: 'xgboost', version } }),
      decision: files['decision.json'],
    },
  };
}

it('says that the same training came out the same, and that the code is another', async () => {
  expect(await handler(await trainAgain())).toMatchObject({
    status: 'reproduced',
    verdict: ['every byte of version 1 came out the same', 'the code is code-2, version 1 was made by code'],
  });
});

it('says that another model came out, and that the library is another', async () => {
  const { status, files, verdict } = await handler(await trainAgain('another model', '4'));
  expect(status).toBe('differs');
  expect(files.map(({ file, same }) => [file, same])).toEqual([
    ['model', false],
    ['signature.json', true],
    ['decision.json', true],
    ['baseline.json', true],
  ]);
  expect(verdict[0]).toBe('version 1 came out differently in model');
  expect(verdict[2]).toBe('xgboost is 4, version 1 was made by 3');
});

it('refuses a manifest that was changed', async () => {
  const event = await trainAgain();
  memory.store.flipByte(event.reproduced.manifest);
  await expect(handler(event)).rejects.toThrow(IntegrityError);
});
