import { beforeEach, describe, expect, it } from 'vitest';
import { ConflictError } from '#core/errors.ts';
import { freeze, promoteAny, rollBack, unfreeze } from '#core/registry/change-deployment.ts';
import type { Deployment, DeploymentChange } from '#core/registry/deployment-records.ts';
import { leadRollout } from '#lib/pipelines/lead-rollout.ts';
import { MOST_LOG } from '#lib/pipelines/read-predictions.ts';
import { BEGAN, failed, later, logged, MODEL, sound, World } from '#test/support/rollout-world.ts';

let world: World;
let candidate: { version: number; approvedSha256: string };
beforeEach(async () => {
  world = await World.open();
  candidate = await world.approve();
  await world.begin('r', candidate);
});

const person = { by: 'anna', at: later(60), reason: 'because' };
const current = async () => (await world.deployment()) as Deployment;
const commit = async (change: DeploymentChange | undefined) => {
  if (change) await world.registry.commitDeployment(change);
};

/** The champion's and a sound challenger's requests of a stage. */
const serveBoth = (stageIndex: number) =>
  world.serve('r', stageIndex, { champion: sound(1000), candidate: sound(400) });

describe('a sound challenger', () => {
  it('goes from shadow to each canary step and becomes champion, each when its time is over', async () => {
    const seen: unknown[] = [];
    for (const [stageIndex, over] of [610, 1220, 1830].entries()) {
      await serveBoth(stageIndex);
      const waiting = await world.look('r', over - 20);
      expect(waiting).toMatchObject({ decision: 'wait', stageIndex, changed: null, notes: [] });
      expect(waiting.waitSeconds).toBeLessThanOrEqual(10);
      const step = await world.look('r', over);
      seen.push([step.decision, step.changed?.action, (await current()).rollout?.stage]);
    }
    expect(seen).toEqual([
      ['nextStage', 'next-stage', { kind: 'canary', percent: 10 }],
      ['nextStage', 'next-stage', { kind: 'canary', percent: 50 }],
      ['promote', 'promote', undefined],
    ]);
    expect((await current()).champion?.version).toBe(2);
    expect(await world.audit()).toEqual([
      'promote by a person',
      'begin-rollout by a person',
      'next-stage by deploy-model',
      'next-stage by deploy-model',
      'promote by deploy-model',
    ]);
  });

  it('says in the reason what it was judged by, and what too few requests could not show', async () => {
    await world.serve('r', 0, { champion: sound(1000), candidate: sound(40) });
    const { changed } = await world.look('r', 601);
    expect(changed?.reason).toBe(
      'rollout r: no breach in 40 requests of the challenger and 1000 of the champion; ' +
        'latency not judged: the challenger has 40 and the champion 1000 timed requests, 100 of each are needed; ' +
        'scores not judged: the challenger has 40 and the champion 1000 scored requests, 100 of each are needed; ' +
        'truth not judged: the challenger has 0 and the champion 0 requests with truth, 100 of each are needed; ' +
        `shadow since ${BEGAN}`,
    );
  });

  it('has shorter stages where the environment is faster', async () => {
    await serveBoth(0);
    const { plan } = await world.begin('r', candidate);
    const look = { model: MODEL, id: 'r', plan, stageIndex: 0, look: 1, pace: 60 };
    expect((await leadRollout(world, { ...look, now: later(9) })).decision).toBe('wait');
    expect((await leadRollout(world, { ...look, now: later(10) })).decision).toBe('nextStage');
  });
});

describe('a challenger that is not sound', () => {
  it('is taken back at once, and the event says why, since when and who answers', async () => {
    await world.serve('r', 0, { champion: sound(300), candidate: failed(20) });
    const step = await world.look('r', 12);
    expect(step).toMatchObject({ decision: 'rolledBack', waitSeconds: 0 });
    expect(step.changed).toEqual({
      detailVersion: 1,
      model: MODEL,
      champion: 1,
      challenger: 2,
      rev: 3,
      asOf: later(12),
      action: 'rollback',
      by: 'deploy-model',
      reason:
        'rollout r: errors: the challenger failed 20 of 20 requests (100 %), the champion 0 of 300 requests (0 %); ' +
        `1 % more are allowed; shadow since ${BEGAN}`,
    });
    expect((await current()).rollout).toBeUndefined();
    expect((await current()).champion?.version).toBe(1);
  });

  it('is judged by the stage that runs: what an earlier one served does not count', async () => {
    await serveBoth(0);
    await world.look('r', 601);
    await world.serve('r', 0, { candidate: failed(20) });
    expect((await world.look('r', 620)).decision).toBe('wait');
    await world.serve('r', 1, { champion: sound(300), candidate: failed(20) });
    expect((await world.look('r', 630)).decision).toBe('rolledBack');
  });

  it('is taken back before the next stage, even if that is due', async () => {
    await world.serve('r', 0, { champion: sound(300), candidate: failed(20) });
    expect((await world.look('r', 700)).decision).toBe('rolledBack');
  });

  it('is taken back while the deployment is frozen, too', async () => {
    await commit(freeze(await current(), person));
    await world.serve('r', 0, { champion: sound(300), candidate: failed(20) });
    expect((await world.look('r', 12)).decision).toBe('rolledBack');
    expect((await current()).frozen).toBeDefined();
  });

  it('is found by its truth: on every tenth look, and whatever look it is before a step forward', async () => {
    for (const [seconds, look, decision] of [
      [100, 9, 'wait'],
      [110, 10, 'rolledBack'],
      [601, 3, 'rolledBack'],
    ] as const) {
      world = await World.open();
      await world.begin('r', await world.approve());
      await deliverBadTruth();
      const step = await world.look('r', seconds, look);
      expect(step.decision).toBe(decision);
      if (decision === 'rolledBack')
        expect(step.changed?.reason).toMatch(
          /^rollout r: truth: the challenger's mean loss is 0\.9\d*, the champion's 0\.2\d*/,
        );
    }
  });
});

it('a log that is too large is judged by its newest part, which the reason says', async () => {
  await world.deliver('predictions', logged(1, 'champion', [{ probability: 0.9 }], 20), '0', MOST_LOG);
  await world.deliver('predictions', logged(1, 'champion', [{ probability: 0.9 }], 40), '1');
  await serveBoth(0);
  const note = `truth judged of answers since ${later(20.001)}: the log holds more than is read`;
  const { decision, changed, notes } = await world.look('r', 601);
  expect([decision, notes.at(-1)]).toEqual(['nextStage', note]);
  expect(changed?.reason).toContain(note);
});

/** 200 requests of each with their truth, of which the challenger knew little. */
async function deliverBadTruth(): Promise<void> {
  const good = Array.from({ length: 200 }, (_, index) => ({ probability: 0.75 + (index % 10) / 100 }));
  const bad = good.map(({ probability }) => ({ probability: probability - 0.4 }));
  const rows = [...logged(1, 'champion', good), ...logged(2, 'canary', bad)];
  await world.deliver('predictions', rows);
  const truth = { model: MODEL, actual: true, at: later(40), source: 'feedback' };
  await world.deliver(
    'truth',
    rows.map(({ id }) => ({ ...truth, of: { id } })),
  );
}

describe('a rollout that others end', () => {
  it('by taking its challenger back is superseded, and changes nothing more', async () => {
    await commit(rollBack(await current(), person));
    const { rev } = await current();
    expect(await world.look('r', 601)).toMatchObject({ decision: 'superseded', changed: null });
    expect((await current()).rev).toBe(rev);
  });

  it('by promoting a version by hand is superseded', async () => {
    const record = await world.registry.modelVersion(MODEL, 2);
    if (record)
      await commit(
        promoteAny(await current(), { ...person, version: record, approvedSha256: candidate.approvedSha256 }),
      );
    expect((await world.look('r', 601)).decision).toBe('superseded');
  });

  it('by trying a newer version is superseded, and the newer one goes on', async () => {
    const newer = await world.approve();
    await world.begin('newer', newer);
    expect((await world.look('r', 601)).decision).toBe('superseded');
    expect((await current()).rollout?.candidate.version).toBe(3);
  });
});

describe('while the deployment is frozen', () => {
  it('a rollout whose stage is over is held, and goes on once the freeze is lifted', async () => {
    await serveBoth(0);
    await commit(freeze(await current(), person));
    expect(await world.look('r', 1600)).toMatchObject({ decision: 'held', waitSeconds: 40, stageIndex: 0 });
    await commit(unfreeze(await current(), person));
    expect((await world.look('r', 1640)).decision).toBe('nextStage');
  });
});

describe('a step that is done again', () => {
  it('after a crash ends as it would have: next stage, rollback and promotion, with the same event', async () => {
    for (const [stageIndex, over] of [601, 1202, 1803].entries()) {
      await serveBoth(stageIndex);
      const lost = await world.lookAgain('r', over);
      const again = await world.look('r', over + 5);
      expect([again.decision, again.changed, again.stageIndex]).toEqual([
        lost.decision,
        lost.changed,
        lost.stageIndex,
      ]);
    }
    expect(await world.audit()).toHaveLength(5);

    const third = await world.approve();
    await world.begin('s', third, 2);
    await world.serve('s', 0, { champion: sound(300), candidate: failed(20) });
    const lost = await world.lookAgain('s', 20);
    expect(lost.decision).toBe('rolledBack');
    expect((await world.look('s', 25)).changed).toEqual(lost.changed);
  });

  it('is found again after hundreds of changes by people, who may name the rollout in their reasons', async () => {
    const wait = { ...person, reason: 'rollout r: wait' };
    await commit(freeze(await current(), wait));
    for (let time = 0; time < 100; time++) {
      await commit(unfreeze(await current(), wait));
      await commit(freeze(await current(), wait));
    }
    await commit(unfreeze(await current(), wait));
    expect((await world.begin('r', candidate)).step.changed?.action).toBe('begin-rollout');
    await commit(rollBack(await current(), wait));
    expect((await world.look('r', 601)).decision).toBe('superseded');
  });

  it('begins once', async () => {
    const first = await world.begin('r', candidate);
    expect(first.step.changed?.action).toBe('begin-rollout');
    expect(await world.begin('r', candidate)).toEqual(first);
    expect(await world.audit()).toEqual(['promote by a person', 'begin-rollout by a person']);
  });

  it('does not begin again what was taken back meanwhile', async () => {
    await commit(rollBack(await current(), person));
    await world.begin('r', candidate);
    expect((await current()).rollout).toBeUndefined();
    expect((await world.look('r', 5)).decision).toBe('superseded');
  });
});

describe('a change at the same moment', () => {
  it('makes the look fail, so that it is tried again and decides anew', async () => {
    await world.serve('r', 0, { champion: sound(300), candidate: failed(20) });
    const { registry } = world;
    const served = registry.served.bind(registry);
    registry.served = async (...asked) => {
      await commit(freeze(await current(), person));
      return served(...asked);
    };
    await expect(world.look('r', 12)).rejects.toThrow(ConflictError);
    expect((await world.look('r', 13)).decision).toBe('rolledBack');
  });
});
