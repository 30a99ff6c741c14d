import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '#adapters/hash.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { IntegrityError, InvalidInputError } from '#core/errors.ts';
import { emptyLoop } from '#core/retrain/change-loop.ts';
import { moveLoop } from '#core/retrain/move-loop.ts';
import type { JudgementDocument } from '#lib/pipelines/judge-retraining.ts';
import { drift, factsOf, policyOf } from '#test/support/retraining.ts';
import { tripsLate } from '#test/support/trips.ts';
import { handler } from '../../lambdas/judge-retraining.ts';
import { memory, openMemory, readBack } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

const asOf = '2013-05-02T12:00:00.000Z';
let event: Record<string, unknown>;

/** A decision that is being judged, of a model whose datasets have no version yet. */
beforeEach(async () => {
  openMemory();
  const { key, sha256 } = await memory.store.write('spec.json', canonicalJson(tripsLate()));
  const { next, decisions } = moveLoop(emptyLoop('trips-late'), {
    triggers: [drift()],
    facts: factsOf(),
    policy: policyOf(),
    asOf,
  });
  if (!next?.open) throw new Error('the loop judges nothing');
  await memory.registry.commitRetraining(next, decisions);
  const { number: decision, execution: runId } = next.open;
  event = { model: 'trips-late', decision, runId, asOf, spec: { bucket: 'specs', key, sha256 } };
});

describe('judge-retraining', () => {
  it('records what it found, where the whole of it is, and says what to do', async () => {
    const answer = await handler(event);
    expect(answer).toEqual({
      action: 'wait',
      since: null,
      reason: 'no point: 0 labelled rows to learn from, the spec trains on at least 100',
    });
    const decision = await memory.registry.decision('trips-late', 1);
    const { judgementFile, ...recorded } = decision ?? {};
    const judgement = { champion: null, seenUntil: null, labelledUntil: null, newRows: 0 };
    expect(recorded).toMatchObject({ status: 'waiting', reason: answer.reason, judgement });
    expect(judgementFile?.key).toBe('models/trips-late/decisions/000001/decision-000001/judgement.json');
    const whole = await readBack<JudgementDocument>(judgementFile as { key: string });
    expect(whole).toMatchObject({ judgement, verdict: answer, codeVersion: 'code-2', datasets: {} });
    expect(sha256(canonicalJson(whole))).toBe(judgementFile?.sha256);
  });

  it('says the same again when it is called again, and judges nothing anew', async () => {
    const answer = await handler(event);
    expect(await handler(event)).toEqual(answer);
    expect(memory.store.versions('models/trips-late/decisions/000001/decision-000001/judgement.json')).toBe(
      1,
    );
  });

  it('judges by no other spec than the one that was deployed', async () => {
    await memory.store.write('spec.json', canonicalJson(tripsLate({ label: 'delay > 6' })));
    await expect(handler(event)).rejects.toThrow(IntegrityError);
  });

  it('names what is wrong with its input', async () => {
    await expect(handler({ ...event, decision: 0 })).rejects.toThrow(InvalidInputError);
    await expect(handler({ ...event, decision: 0 })).rejects.toThrow(
      /^decision: expected at least 1, got 0$/,
    );
  });
});
