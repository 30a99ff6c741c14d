import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { ApprovalOutcome } from '#core/api/approvals.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import type { ModelDetails } from '#lib/client/answers.ts';
import { ApiError } from '#lib/client/errors.ts';
import { approvals, decideApproval } from '#lib/commands/approvals.ts';
import { openPage } from '#lib/commands/open-page.ts';
import { MemoryStore } from '#test/support/memory-store.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

vi.mock('#lib/commands/open-page.ts');

const base = {
  model: 'late',
  createdAt: '2026-05-01T00:00:00.000Z',
  runId: 'r',
  datasets: {},
  specHash: 's',
};
const asked = {
  ...{ requestedAt: '2026-05-01T00:00:00.000Z', expiresAt: '2026-05-08T00:00:00.000Z' },
  ...{ sha256: 'abcdef0123456789', comparedWith: 2 },
};
const decided = {
  decision: 'rejected',
  by: 'anna',
  at: '2026-05-02T00:00:00.000Z',
  reason: 'no\u001b[2J',
} as const;
const versions: readonly ModelVersion[] = [
  { ...base, version: 5, status: 'waiting', approval: asked },
  { ...base, version: 4, status: 'rejected', approval: { ...asked, comparedWith: null, decided } },
  { ...base, version: 3, status: 'approved' },
];
const store = new MemoryStore();
const client = {
  outputs,
  model: async () => ({ versions }) as unknown as ModelDetails,
  store: async () => store,
};
const now = new Date('2026-05-03T00:00:00.000Z');

it('lists what waits, and what was said before', async () => {
  const { print, text } = captured();
  expect(await approvals(client, { now }, print)).toBe(0);
  expect(text()).toBe(`version  status    champion  until (UTC)          by    reason  bundle
late@5   waiting          2  2026-05-08 00:00:00  -     -       abcdef012345
late@4   rejected         -  2026-05-08 00:00:00  anna  no      abcdef012345
`);
});

it('a request whose time is over has expired, whether or not that was written down', async () => {
  const { print, document } = captured({ json: true });
  await approvals(client, { model: 'late', now: new Date('2026-05-08T00:00:00.000Z') }, print);
  expect(document<{ approvals: ModelVersion[] }>().approvals[0]).toMatchObject({
    version: 5,
    status: 'expired',
  });
});

it('nothing waits of a model that was never trained', async () => {
  const { print, text } = captured();
  const untrained = {
    ...client,
    model: async () => {
      throw new ApiError(404, { detail: 'no model' });
    },
  };
  await approvals(untrained, { model: 'late', now }, print);
  expect(text()).toBe('nothing waits for a person, or did\n');
});

it('--open keeps the page of a version here, and opens it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'approvals-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await store.write('models/late/versions/000005/approval.html', 'the page');
  vi.mocked(openPage).mockResolvedValueOnce(true);
  const { print, text } = captured();
  await approvals(client, { open: 'late@5', folder }, print);
  const file = text().trim();
  expect(await readFile(file, 'utf8')).toBe('the page');
  expect(openPage).toHaveBeenCalledWith(file);
});

it.each([
  ['approve', 'promoted', 'approved: late@5 is the champion, rev 7'],
  [
    'approve',
    'rollout',
    'approved: late@5 is tried beside the champion: "npx leeboard rollouts late" shows how it does',
  ],
  [
    'approve',
    'held',
    'approved: late is frozen: once it is not, "npx leeboard approve late@5" again promotes it',
  ],
  ['reject', 'rejected', 'rejected: late@5; the champion stays'],
] as const)('%s says what it came to: %s', async (action, outcome, sentence) => {
  const asking: unknown[] = [];
  const deciding = {
    outputs,
    decideApproval: async (...given: unknown[]): Promise<ApprovalOutcome> => {
      asking.push(given);
      return { model: 'late', version: 5, outcome, rev: 7, approval: asked };
    },
  };
  const { print, text } = captured();
  await decideApproval(deciding, { version: 'late@5', action, reason: 'why', sha256: 'abcdef012345' }, print);
  expect(asking).toEqual([['late', 5, action, { reason: 'why', sha256: 'abcdef012345' }]]);
  expect(text()).toBe(`${sentence}\n`);
});

it('wants a version', async () => {
  const deciding = { outputs, decideApproval: async () => ({}) as ApprovalOutcome };
  const asking = decideApproval(
    deciding,
    { version: 'late', action: 'reject', reason: 'why' },
    captured().print,
  );
  await expect(asking).rejects.toThrow('expected a version such as flights-late@2');
});
