import { beforeAll, describe, expect, it } from 'vitest';
import { ConflictError } from '#core/errors.ts';
import type { WindowRecord } from '#core/monitor/records.ts';
import type { WindowRegistry } from '#ports/registry.ts';
import { ALL, AT, conflicts, TWENTY } from './registry-records.ts';

const hour = (number: number) => new Date(Date.UTC(2026, 0, 1, number)).toISOString();

/** A window of an hour of that day. */
const windowOf = (model: string, from: number, changes: Partial<WindowRecord> = {}): WindowRecord => ({
  model,
  version: 1,
  from: hour(from),
  to: hour(from + 1),
  revision: 1,
  contentSha256: 'content',
  logSha256: 'log',
  truthSha256: null,
  runId: 'run',
  examinedAt: AT,
  rows: 300,
  newest: hour(from),
  alarmPsi: 0,
  overall: null,
  drifted: [],
  shifted: ['km'],
  predictionPsi: null,
  ndcg: null,
  performance: null,
  estimate: 0.7,
  attention: [],
  reportKey: 'report.json',
  pageKey: null,
  ...changes,
});

/** What every registry promises of windows. */
export function windowsContract(open: () => Promise<{ registry: WindowRegistry }>): void {
  let registry: WindowRegistry;
  beforeAll(async () => {
    ({ registry } = await open());
  });

  describe('windows', () => {
    it('has nothing of windows that nobody looked at', async () => {
      expect(await registry.window(windowOf('unwatched', 1))).toBeUndefined();
      expect(await registry.windows('unwatched', ALL)).toEqual([]);
    });

    it('gives windows back as they were recorded, those that end last first, beyond 9 and page by page', async () => {
      const windows = TWENTY.map((number) => windowOf('watched', number));
      for (const window of [...windows].reverse()) await registry.recordWindow(window, undefined);
      expect(await registry.windows('watched', ALL)).toEqual([...windows].reverse());
      expect(await registry.windows('watched', { limit: 2 })).toEqual([windows[19], windows[18]]);
      expect(await registry.window(windowOf('watched', 9))).toEqual(windows[8]);
    });

    it("keeps versions' windows of one span apart, the newest version's first", async () => {
      const [ninth, tenth] = [windowOf('two', 1, { version: 9 }), windowOf('two', 1, { version: 10 })];
      await registry.recordWindow(tenth, undefined);
      await registry.recordWindow(ninth, undefined);
      expect(await registry.windows('two', ALL)).toEqual([tenth, ninth]);
      expect(await registry.window(ninth)).toEqual(ninth);
    });

    it('keeps spans that end together apart', async () => {
      const short = windowOf('spans', 3);
      const long = windowOf('spans', 3, { from: hour(0) });
      await registry.recordWindow(short, undefined);
      await registry.recordWindow(long, undefined);
      expect(await registry.windows('spans', ALL)).toEqual([short, long]);
    });

    it('replaces a window only from the revision that the writer read', async () => {
      const first = windowOf('revised', 1);
      await registry.recordWindow(first, undefined);
      const again = registry.recordWindow({ ...first, rows: 1 }, undefined);
      await expect(again).rejects.toThrow(ConflictError);
      await expect(again).rejects.toThrow(
        `window ${first.from}..${first.to} of revised@1 must have revision none`,
      );
      const second = { ...first, revision: 2, rows: 301 };
      await registry.recordWindow(second, 1);
      const late = registry.recordWindow({ ...first, revision: 2, rows: 2 }, 1);
      await expect(late).rejects.toThrow(ConflictError);
      await expect(late).rejects.toThrow('revised@1 must have revision 1');
      expect(await registry.windows('revised', ALL)).toEqual([second]);
    });

    it('refuses a revision of a window that was never recorded', async () => {
      await expect(registry.recordWindow(windowOf('unknown', 1, { revision: 2 }), 1)).rejects.toThrow(
        ConflictError,
      );
      expect(await registry.windows('unknown', ALL)).toEqual([]);
    });

    it('lets one of 20 runs record a window', async () => {
      const rivals = TWENTY.map((number) => windowOf('raced', 1, { runId: `run ${number}` }));
      expect(await conflicts(rivals.map((rival) => registry.recordWindow(rival, undefined)))).toBe(19);
      const [winner] = await registry.windows('raced', ALL);
      const revised = rivals.map((rival) => ({ ...rival, revision: 2 }));
      expect(await conflicts(revised.map((rival) => registry.recordWindow(rival, 1)))).toBe(19);
      expect(winner?.revision).toBe(1);
      expect(await registry.window(windowOf('raced', 1))).toMatchObject({ revision: 2 });
    });

    it("keeps models' windows apart, also when one name begins another", async () => {
      await registry.recordWindow(windowOf('late-3', 1), undefined);
      await registry.recordWindow(windowOf('late-33', 2), undefined);
      expect(await registry.windows('late-3', ALL)).toEqual([windowOf('late-3', 1)]);
    });
  });
}
