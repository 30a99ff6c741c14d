import { beforeEach, expect, it, vi } from 'vitest';
import { askApproval } from '#core/registry/approval.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import { leaveRun } from '#test/support/bundle.ts';
import { handler } from '../../lambdas/decide-approval.ts';
import { memory, openMemory, run } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));
const published = vi.hoisted((): string[] => []);
vi.mock('#adapters/eventbridge/event-bus.ts', () => ({
  EventBus: class {
    publish = async (type: string) => void published.push(type);
  },
}));

beforeEach(async () => {
  openMemory();
  published.length = 0;
  Object.assign(process.env, { BUS_NAME: 'bus', STATES_ARN: 'arn:aws:states:eu-west-1:1' });
  const { store, registry } = memory;
  const version = await registerVersion(store, registry, await leaveRun(store, 'r'));
  const sha256 = version.manifest?.sha256 as string;
  const at = new Date().toISOString();
  const approval = askApproval({ sha256, comparedWith: null, at, within: '1 day', pace: 1 });
  await registry.updateModelVersion({ ...version, status: 'waiting', approval }, 'registered');
});

/** A signed request. */
async function post(action: string, body: object, version = '1') {
  const answer = await handler({
    routeKey: `POST /v1/models/{model}/versions/{version}/${action}`,
    pathParameters: { model: run.model, version },
    headers: {},
    body: JSON.stringify(body),
    requestContext: { authorizer: { iam: { userArn: 'arn:aws:iam::1:user/anna' } } },
  } as never);
  return { status: answer.statusCode, ...JSON.parse(answer.body ?? '{}') };
}

it('approves in the name of who signed the request', async () => {
  expect(await post('approve', { reason: 'looks well' })).toMatchObject({
    ...{ status: 200, model: run.model, version: 1, outcome: 'promoted', rev: 1 },
    approval: { decided: { decision: 'approved', by: 'arn:aws:iam::1:user/anna', reason: 'looks well' } },
  });
  expect(published).toEqual(['ApprovalDecided', 'DeploymentChanged']);
});

it('rejects', async () => {
  expect(await post('reject', { reason: 'no' })).toMatchObject({ status: 200, outcome: 'rejected', rev: 0 });
  expect((await memory.registry.modelVersion(run.model, 1))?.status).toBe('rejected');
});

it('refuses what it cannot read, does not know, and what the state of things does not allow', async () => {
  expect(await post('approve', {})).toMatchObject({ status: 422, errors: [{ field: 'reason' }] });
  const hash = await post('approve', { reason: 'why', sha256: 'abc' });
  expect(hash).toMatchObject({ status: 422, errors: [{ field: 'sha256' }] });
  expect((await post('approve', { reason: 'why' }, 'one')).status).toBe(422);
  expect((await post('approve', { reason: 'why' }, '2')).status).toBe(404);
  expect((await post('approve', { reason: 'why', sha256: 'f'.repeat(12) })).status).toBe(409);
  expect((await post('postpone', { reason: 'why' })).status).toBe(404);
  expect((await memory.registry.modelVersion(run.model, 1))?.status).toBe('waiting');
});
