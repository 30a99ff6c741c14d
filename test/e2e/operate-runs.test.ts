import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelPointer, runPrefix } from '#core/registry/bundle.ts';
import type { Run } from '#core/registry/records.ts';
import { cancel, resume } from '#lib/commands/control-run.ts';
import { EXIT } from '#lib/commands/printer.ts';
import { train } from '#lib/commands/train.ts';
import { captured } from '../commands/captured.ts';
import { client, config, outputs, registry, sfn, store, waitFor } from './deployment.ts';
import { dropOrders } from './orders.ts';
import { ended, versionWith } from './training.ts';

const MODEL = 'orders-searched';
/** A search of its own, in four batches. */
const SET = { 'search.seed': 7, 'search.trials': 8, 'search.parallel': 2 };
beforeAll(dropOrders);

/** Waits until the run is as wanted. */
const runThat = (runId: string, wanted: (run: Run) => boolean): Promise<Run> =>
  waitFor(`run ${runId}`, async () => {
    const run = await client.run(MODEL, runId);
    return wanted(run) && run;
  });
const isRunning = ({ status }: Run) => status === 'running';

/** Waits until the run's execution has entered the state. */
const entered = (runId: string, wanted: string) =>
  waitFor(`${wanted} of ${runId}`, async () =>
    (await client.states(client.trainingArn(MODEL, runId))).some(({ state }) => state === wanted),
  );

/** The checkpoints of a run's finished steps: S3 version of each. */
async function checkpointsOf(runId: string): Promise<Record<string, string>> {
  const keys = await store.list(`${runPrefix(MODEL, runId)}/steps/`);
  const objects = await Promise.all(keys.map(({ key }) => store.describe(key)));
  return Object.fromEntries(objects.map(({ key, versionId }) => [key, versionId]));
}

/** Hash of what a run trained. */
async function modelOf({ version }: Run): Promise<string> {
  return modelPointer((await client.version(MODEL, version as number)).bundle).sha256;
}

describe('five trainings of one model that are asked for at once', () => {
  const OTHER = 'orders-late';

  it('are one that trains and one that follows for all others, of which each says who asked', async () => {
    const reasons = Array.from({ length: 5 }, (_, index) => `reason ${index}`);
    const asked = await Promise.all(reasons.map((reason) => client.startRun(OTHER, { reason })));
    expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 'waiting'));
    const runs = await Promise.all(asked.map(({ runId }) => ended(OTHER, runId)));
    const first = runs.filter(({ status }) => status === 'succeeded');
    const merged = runs.filter(({ status }) => status === 'merged');
    expect([first.length, merged.length]).toEqual([1, 4]);
    const [into, ...others] = new Set(merged.map(({ mergedInto }) => mergedInto));
    expect(others).toEqual([]);
    const second = await ended(OTHER, into as string);
    expect(second.status).toBe('succeeded');
    const requests = [...(first[0]?.requests ?? []), ...(second.requests ?? [])];
    expect(requests.map(({ reason }) => reason).sort()).toEqual(reasons);
    for (const { by } of requests) expect(by).toMatch(/^arn:aws:/);
    expect(second.token).toBe((first[0]?.token as number) + 1);
    expect(await registry.lease(OTHER)).toMatchObject({ holder: null });
  });
});

describe('a training that is followed', () => {
  it('shows a bar a stage, and the metric as it moves', async () => {
    const { print, text } = captured({ width: 100 });
    const set = Object.entries(SET).map(([path, value]) => `${path}=${value}`);
    expect(await train(client, { model: MODEL, set, follow: true, everyMs: 50 }, print)).toBe(EXIT.ok);
    const pictures = text().split('\u001b[J');
    expect(pictures.length).toBeGreaterThan(5);
    const last = pictures.at(-1) as string;
    for (const stage of ['Prepare', 'Search', 'Train', 'Evaluate', 'Register', 'Gate', 'Promote'])
      expect(last).toMatch(new RegExp(`^${stage} +█{24} +\\d+\\.\\d s`, 'm'));
    expect(text()).toMatch(/^Search .* [1-8]\/8 trials {2}auc 0\.\d+, best 0\.\d+$/m);
    expect(last).toMatch(new RegExp(`^promoted: ${MODEL}@\\d+ is the champion$`, 'm'));
    const [run] = await client.runs(MODEL);
    expect(run).toMatchObject({ status: 'succeeded', set: SET });
  });
});

describe('a training that is cancelled', () => {
  it('hands its turn to the next, and comes to the same end when it is resumed', async () => {
    const { runId } = await client.startRun(MODEL, { reason: 'a mistake', set: SET });
    await runThat(runId, isRunning);
    const waiting = await client.startRun(MODEL, { reason: 'no mistake', set: SET });
    const { mergedInto } = await ended(MODEL, waiting.runId);
    expect(await cancel(client, { model: MODEL, runId }, captured().print)).toBe(EXIT.ok);
    const cancelled = await client.run(MODEL, runId);
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      cancelled: { by: expect.stringMatching(/^arn:aws:/) },
    });
    expect(await client.cancelRun(MODEL, runId)).toEqual({ runId, status: 'cancelled' });
    const next = await ended(MODEL, mergedInto as string);
    expect(next.status).toBe('succeeded');

    const { print, text } = captured();
    expect(await resume(client, { model: MODEL, runId, everyMs: 50 }, print)).toBe(EXIT.ok);
    const resumed = await ended(MODEL, runId);
    expect(resumed).toMatchObject({ status: 'succeeded', startedAt: cancelled.startedAt });
    expect(text()).toContain(`promoted: ${MODEL}@${resumed.version} is the champion`);
    expect(resumed.requests).toHaveLength(2);
    expect(await modelOf(resumed)).toBe(await modelOf(next));
  });

  it('cannot be once it is over, nor can a training that succeeded be resumed', async () => {
    const { run } = await versionWith(MODEL, SET);
    await expect(client.cancelRun(MODEL, run.runId)).rejects.toMatchObject({ status: 409 });
    await expect(client.resumeRun(MODEL, run.runId)).rejects.toMatchObject({ status: 409 });
  });
});

describe('a training that is stopped behind its back', () => {
  let runId: string;
  beforeAll(async () => {
    ({ runId } = await client.startRun(MODEL, { set: SET }));
    await entered(runId, 'SearchTrials');
  });

  it('is recorded as failed, and who waits for it trains', async () => {
    const next = await client.startRun(MODEL, { set: SET });
    const { mergedInto } = await ended(MODEL, next.runId);
    await sfn.send(new StopExecutionCommand({ executionArn: client.trainingArn(MODEL, runId) }));
    expect(await ended(MODEL, runId)).toMatchObject({ status: 'failed', error: { name: 'ExecutionLost' } });
    expect(await ended(MODEL, mergedInto as string)).toMatchObject({ status: 'succeeded' });
  });

  it('goes on from where it was stopped: what was finished is not done again', async () => {
    const before = await checkpointsOf(runId);
    const done = Object.keys(before).map((key) => key.split('/').at(-1));
    expect(done).toEqual(
      expect.arrayContaining(['CheckFeasibility.json', 'PrepareTraining.json', 'ProposeTrials-000.json']),
    );
    expect(done).not.toContain('EvaluateModel.json');
    await client.resumeRun(MODEL, runId);
    await runThat(runId, ({ execution }) => execution === `${runId}-resume-1`);
    const resumed = await ended(MODEL, runId);
    expect(resumed.status).toBe('succeeded');
    expect(await checkpointsOf(runId)).toMatchObject(before);
  });
});

describe('a training whose step fails', () => {
  const iam = new IAMClient(config);
  const PolicyName = 'outage';
  let RoleName: string;

  /** Takes from the function that evaluates what it needs. */
  async function deny(): Promise<void> {
    const FunctionName = `leeboard-${outputs.environment}-evaluate-model`;
    const { Role = '' } = await new LambdaClient(config).send(
      new GetFunctionConfigurationCommand({ FunctionName }),
    );
    RoleName = Role.split('/').at(-1) as string;
    const Statement = [{ Effect: 'Deny', Action: 's3:Get*', Resource: '*' }];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  }
  const restore = () => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));

  let undisturbed: Awaited<ReturnType<typeof versionWith>>;
  let latest: number;
  let failed: Run;
  beforeAll(async () => {
    undisturbed = await versionWith(MODEL, SET);
    latest = (await client.model(MODEL)).latest as number;
    await deny();
    try {
      const { runId } = await client.startRun(MODEL, { set: SET });
      failed = await ended(MODEL, runId);
    } finally {
      await restore();
    }
  });

  it('keeps its error, and all that was known until then', async () => {
    expect(failed).toMatchObject({
      status: 'failed',
      error: { name: expect.stringMatching(/AccessDenied|Forbidden/) },
      datasets: { orders: expect.any(Number) },
      algorithm: 'xgboost',
      trials: { asked: 8, failed: 0 },
      set: SET,
    });
    expect(failed.version).toBeUndefined();
    const states = failed.steps?.map(({ state }) => state);
    expect(states).toEqual(expect.arrayContaining(['PrepareTraining', 'RunTrial-000', 'TrainModel']));
    expect(states).not.toContain('EvaluateModel');
    expect(Object.keys(failed.artifacts ?? {})).toEqual(
      expect.arrayContaining(['spec', 'model', 'training']),
    );
    expect((await client.model(MODEL)).latest).toBe(latest);
  });

  it('goes on with that step, and gives the next version with the bytes of an undisturbed run', async () => {
    await client.resumeRun(MODEL, failed.runId);
    await runThat(failed.runId, ({ execution }) => execution === `${failed.runId}-resume-1`);
    const resumed = await ended(MODEL, failed.runId);
    expect(resumed).toMatchObject({ status: 'succeeded', version: latest + 1 });
    expect(resumed.error).toBeUndefined();
    expect(resumed.steps?.slice(0, failed.steps?.length)).toEqual(failed.steps);
    const { bundle, training } = await client.version(MODEL, latest + 1);
    expect(modelPointer(bundle).sha256).toBe(modelPointer(undisturbed.bundle).sha256);
    expect(training).toEqual(undisturbed.training);
  });
});

it('a model or a run that there is not is not found', async () => {
  const requests = [
    client.runs('nobody'),
    client.startRun('nobody'),
    client.run(MODEL, 'nothing'),
    client.cancelRun(MODEL, 'nothing'),
    client.resumeRun(MODEL, 'nothing'),
  ];
  await Promise.all(requests.map((request) => expect(request).rejects.toMatchObject({ status: 404 })));
});
