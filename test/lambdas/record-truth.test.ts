import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { joinTruth } from '#core/serve/join-truth.ts';
import { predictionId } from '#core/serve/prediction-id.ts';
import { prediction } from '#test/core/serve/truths.ts';
import { tripsLate } from '#test/support/trips.ts';
import { handler } from '../../lambdas/record-truth.ts';
import { leaveSpec, memory, openMemory } from './memory-resources.ts';
import { answerOf, keptTruths, posted } from './truth-requests.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

beforeEach(async () => {
  openMemory();
  await leaveSpec(tripsLate());
});

const id = () => `${predictionId(Date.now() - 5000, new Uint8Array(10))}#0`;
const tell = async (body: unknown) => answerOf(await handler(posted(body)));

describe('record-truth', () => {
  it('keeps what is told, and when', async () => {
    const [before, truths] = [Date.now(), [{ id: id(), actual: true }]];
    expect(await tell({ truths })).toEqual({ status: 202, accepted: 1, repeated: 0 });
    const [[truth] = []] = await keptTruths();
    expect(truth).toMatchObject({
      model: 'trips-late',
      of: { id: truths[0]?.id },
      actual: true,
      source: 'feedback',
    });
    expect(Date.parse(truth?.at ?? '')).toBeGreaterThanOrEqual(before);
  });

  it('keeps what takes a correction back, so that what was told last counts', async () => {
    onTestFinished(() => void vi.useRealTimers());
    vi.setSystemTime(new Date('2026-05-01T10:04:00Z'));
    const row = prediction(0, { id: id(), at: '2026-05-01T10:04:00.000Z' });
    for (const [minute, actual] of [
      [5, true],
      [10, false],
      [20, true],
    ] as const) {
      vi.setSystemTime(Date.UTC(2026, 4, 1, 10, minute));
      const answer = await tell({ truths: [{ id: row.id, actual }] });
      expect(answer).toEqual({ status: 202, accepted: 1, repeated: 0 });
    }
    const { outcomes } = joinTruth([row], (await keptTruths()).flat(), 86_400);
    expect(outcomes.map(({ actual }) => actual)).toEqual([true]);
  });

  it('counts what one request says twice', async () => {
    const truth = { id: id(), actual: true };
    expect(await tell({ truths: [truth, truth] })).toEqual({ status: 202, accepted: 1, repeated: 1 });
  });

  it('keeps nothing of a request with a wrong field', async () => {
    const answer = await tell({
      truths: [
        { id: id(), actual: true },
        { id: 'x', actual: 1 },
      ],
    });
    expect(answer).toMatchObject({
      status: 422,
      errors: [{ field: 'truths[1].id' }, { field: 'truths[1].actual', expected: 'true or false', got: '1' }],
    });
    expect(await keptTruths()).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['no truths', { truths: [] }, 'truths'],
    [
      'more than a thousand',
      { truths: Array.from({ length: 1001 }, () => ({ id: id(), actual: true })) },
      'truths',
    ],
    ['a list', [], ''],
    ['another field', { truths: [{ id: id(), actual: true }], more: 1 }, 'more'],
    ['a truth of nothing', { truths: [{ actual: true }] }, 'truths[0]'],
    ['a truth of two things', { truths: [{ id: id(), key: {}, actual: true }] }, 'truths[0]'],
    ['a row without its request', { truths: [{ id: id(), row: 1, actual: true }] }, 'truths[0].row'],
    ['a truth without what happened', { truths: [{ id: id() }] }, 'truths[0].actual'],
    ['null for what happened', { truths: [{ id: id(), actual: null }] }, 'truths[0].actual'],
    ['a list for what happened', { truths: [{ id: id(), actual: [true] }] }, 'truths[0].actual'],
    ['a misspelt field', { truths: [{ id: id(), actual: true, actul: true }] }, 'truths[0].actul'],
  ])('refuses %s, and names the field', async (_, body, field) => {
    expect(await tell(body)).toMatchObject({ status: 422, errors: [{ field }] });
  });

  it('writes nothing but truth', async () => {
    await tell({ truths: [{ id: id(), actual: true }] });
    expect((await memory.store.list('')).map(({ key }) => key.split('/')[0])).toEqual(['spec.json', 'truth']);
  });
});
