import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ModelManifest } from '#core/registry/bundle.ts';
import type { ObjectPointer } from '#core/registry/records.ts';
import { ApprovalSpec } from '#core/spec/approval.ts';
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
async function gate(gates: object, approval: unknown = 'automatic') {
  const { store, registry } = memory;
  const { version, manifest } = await registerVersion(store, registry, await leaveRun(store, 'r'));
  const { files } = JSON.parse(
    new TextDecoder().decode(await store.readVerified(manifest as ObjectPointer)),
  ) as ModelManifest;
  const write = (name: string, value: unknown) => store.write(name, JSON.stringify(value));
  const spec = await write('spec.json', {
    gates: GatesSpec.parse(gates),
    approval: ApprovalSpec.parse(approval),
  });
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

  it('asks a person about a version that passes, when the spec wants one: for as long as it says, by the pace', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-05-01T00:00:00.000Z') });
    onTestFinished(() => void vi.useRealTimers());
    process.env.PACE = '60';
    const { outcome, version } = await gate({}, { by: 'person', within: '1 day' });
    const record = await memory.registry.modelVersion(run.model, version);
    expect(record).toMatchObject({
      status: 'waiting',
      approval: {
        requestedAt: '2026-05-01T00:00:00.000Z',
        expiresAt: '2026-05-01T00:24:00.000Z',
        sha256: record?.manifest?.sha256,
        comparedWith: null,
      },
    });
    expect(outcome).toMatchObject({ passed: true, approval: record?.approval });
  });

  it('asks nobody about a version that a gate refuses', async () => {
    const { outcome, version } = await gate({ sizeMb: 1e-9 }, 'person');
    expect(outcome).toMatchObject({ passed: false, approval: null });
    expect((await memory.registry.modelVersion(run.model, version))?.status).toBe('refused');
  });

  it('asks once: judged again, the first request stands', async () => {
    process.env.PACE = '1';
    const { outcome, again } = await gate({}, 'person');
    vi.useFakeTimers({ now: Date.now() + 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await again()).toEqual(outcome);
  });

  it('leaves a version that was judged already as it is', async () => {
    const { again, version } = await gate({});
    const before = await memory.registry.modelVersion(run.model, version);
    expect((await again()).passed).toBe(true);
    expect(await memory.registry.modelVersion(run.model, version)).toEqual(before);
  });
});
