import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelManifest } from '#core/registry/bundle.ts';
import type { ObjectPointer } from '#core/registry/records.ts';
import { GatesSpec } from '#core/spec/gates.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import { soundEvaluation } from '#test/core/evaluate/sound-evaluation.ts';
import { leaveRun } from '#test/support/bundle.ts';
import { handler } from '../../lambdas/gate-model.ts';
import { memory, openMemory, run } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

beforeEach(openMemory);

/** Gates a registered version whose evaluation is sound. */
async function gate(gates: object) {
  const { store, registry } = memory;
  const { version, manifest } = await registerVersion(store, registry, await leaveRun(store, 'r'));
  const { files } = JSON.parse(
    new TextDecoder().decode(await store.readVerified(manifest as ObjectPointer)),
  ) as ModelManifest;
  const write = (name: string, value: unknown) => store.write(name, JSON.stringify(value));
  const spec = await write('spec.json', { gates: GatesSpec.parse(gates) });
  const evaluation = await write('evaluation.json', soundEvaluation());
  const pointer = files['spec.json'];
  const prepared = { features: pointer, testRows: pointer, preparation: pointer, baseline: pointer };
  const event = {
    run,
    version,
    prepared: { ...prepared, signature: pointer, spec },
    evaluated: { evaluation, metrics: {}, champion: null },
  };
  return { outcome: await handler(event), again: () => handler(event), version };
}

describe('gate-model', () => {
  it('approves a version that passes every gate', async () => {
    const { outcome, version } = await gate({});
    expect(outcome.passed).toBe(true);
    expect(await memory.registry.modelVersion(run.model, version)).toMatchObject({
      status: 'approved',
      verdict: outcome.verdict,
    });
  });

  it('says first which gate refused, and still what the others said', async () => {
    const { outcome, version } = await gate({ metrics: { auc: { min: 0.5 } }, sizeMb: 1e-9 });
    expect(outcome.passed).toBe(false);
    expect(outcome.verdict[0]).toMatch(/MB/);
    expect(outcome.verdict.slice(1).join('\n')).toMatch(/AUC .* above the gate's minimum 0\.5/);
    expect((await memory.registry.modelVersion(run.model, version))?.status).toBe('refused');
  });

  it('leaves a version that was judged already as it is', async () => {
    const { again, version } = await gate({});
    const before = await memory.registry.modelVersion(run.model, version);
    expect((await again()).passed).toBe(true);
    expect(await memory.registry.modelVersion(run.model, version)).toEqual(before);
  });
});
