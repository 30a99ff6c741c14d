import { beforeAll, describe, expect, it } from 'vitest';
import { ConflictError } from '#core/errors.ts';
import type { Decision, RetrainingLoop } from '#core/retrain/records.ts';
import type { RetrainingRegistry } from '#ports/registry.ts';
import { ALL, AT, conflicts, TWENTY } from './registry-records.ts';

const decisionOf = (model: string, number: number, changes: Partial<Decision> = {}): Decision => ({
  model,
  number,
  status: 'waiting',
  reason: 'it cools down',
  triggers: [{ id: `data:flights@${number}`, kind: 'new-data', at: AT, by: 'leeboard', reason: 'rows came' }],
  steps: [{ at: AT, status: 'waiting', reason: 'it cools down' }],
  ...changes,
});

const loopOf = (model: string, rev: number, changes: Partial<RetrainingLoop> = {}): RetrainingLoop => ({
  model,
  rev,
  decisions: rev,
  open: null,
  next: null,
  cooldown: null,
  unhelpful: [],
  months: [{ name: '2013-05', trainings: 1, usd: 0.25 }],
  judged: null,
  seen: [],
  untold: [],
  ...changes,
});

/** What every registry promises of training again. */
export function retrainingContract(open: () => Promise<{ registry: RetrainingRegistry }>): void {
  let registry: RetrainingRegistry;
  beforeAll(async () => {
    ({ registry } = await open());
  });

  describe('training again', () => {
    it('has nothing of a model that nothing happened to', async () => {
      expect(await registry.retraining('quiet')).toBeUndefined();
      expect(await registry.decision('quiet', 1)).toBeUndefined();
      expect(await registry.decisions('quiet', ALL)).toEqual([]);
    });

    it('gives decisions back as they are now, the newest first, beyond 9 and page by page', async () => {
      const made = TWENTY.map((number) => decisionOf('decided', number));
      for (const [index, decision] of made.entries())
        await registry.commitRetraining(loopOf('decided', index + 1, { open: decision }), [decision]);
      const ended = decisionOf('decided', 20, { status: 'declined', reason: 'no new labels' });
      await registry.commitRetraining(loopOf('decided', 21), [ended]);
      expect(await registry.retraining('decided')).toEqual(loopOf('decided', 21));
      expect(await registry.decision('decided', 20)).toEqual(ended);
      expect(await registry.decisions('decided', ALL)).toEqual([ended, ...made.slice(0, 19).reverse()]);
      expect(await registry.decisions('decided', { limit: 2 })).toEqual([ended, made[18]]);
    });

    it('refuses a stale rev, and then changes no decision either', async () => {
      const [first, second] = [decisionOf('stale', 1), decisionOf('stale', 2)];
      await registry.commitRetraining(loopOf('stale', 1), [first]);
      const late = registry.commitRetraining(loopOf('stale', 1), [{ ...first, reason: 'late' }, second]);
      await expect(late).rejects.toThrow(ConflictError);
      await expect(late).rejects.toThrow('rev of the retraining of stale must be 0');
      await expect(registry.commitRetraining(loopOf('stale', 3), [second])).rejects.toThrow(ConflictError);
      expect(await registry.decisions('stale', ALL)).toEqual([first]);
    });

    it('stores two decisions with the loop, or none', async () => {
      const both = [decisionOf('both', 1, { status: 'promoted' }), decisionOf('both', 2)];
      await registry.commitRetraining(loopOf('both', 1), both);
      expect(await registry.decisions('both', ALL)).toEqual([...both].reverse());
    });

    it('lets one of 20 writers change the loop', async () => {
      const rivals = TWENTY.map((number) => loopOf('raced', 1, { seen: [`trigger ${number}`] }));
      expect(await conflicts(rivals.map((rival) => registry.commitRetraining(rival, [])))).toBe(19);
    });

    it("keeps models' decisions apart, also when one name begins another", async () => {
      await registry.commitRetraining(loopOf('late-4', 1), [decisionOf('late-4', 1)]);
      await registry.commitRetraining(loopOf('late-44', 1), [decisionOf('late-44', 1)]);
      expect(await registry.decisions('late-4', ALL)).toEqual([decisionOf('late-4', 1)]);
    });
  });
}
