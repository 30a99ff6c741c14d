import { describe, expect, it } from 'vitest';
import type { FaultPlan } from '#test/support/faults.ts';
import { drift, later, NOON, wish } from '#test/support/retraining.ts';
import { RetrainingWorld, type Script } from '#test/support/retraining-world.ts';

const rings = (name: string) => drift(name, { version: 1 });
const MODEL = 'trips-late';
const ALL = { limit: 1000 };

/** Drift that ends with a new champion, while drift of the old one rings on. */
const promotes: Script = {};
async function promoting(world: RetrainingWorld): Promise<void> {
  await world.wake(rings('a'));
  await world.wake(rings('b'), rings('a'));
  await world.settle();
}

/** A training that does not help; the next drift waits for the cooldown, and is then found to be of no use. */
const refuses: Script = {
  judge: ({ number }) => (number === 1 ? 'train' : 'decline'),
  train: () => 'refused',
};
async function refusing(world: RetrainingWorld): Promise<void> {
  await world.happens(rings('a'));
  world.asOf = later(1);
  await world.happens(rings('b'), await world.drop('trips'));
  world.asOf = later(48);
  await world.settle();
}

/** Labelled rows are missing first; the training that they allow dies. */
const dies: Script = {
  judge: ({ judgings }) => (judgings === 1 ? 'wait' : 'train'),
  train: () => 'dies',
};
async function dying(world: RetrainingWorld): Promise<void> {
  await world.happens(rings('a'));
  world.asOf = later(1);
  const data = await world.drop('trips');
  await world.happens(data);
}

/** Its execution dies before it judges, twice; a person does not wait for the cooldown. */
const unjudged: Script = { judge: ({ number }) => (number < 3 ? 'dies' : 'train') };
async function unjudging(world: RetrainingWorld): Promise<void> {
  await world.happens(rings('a'));
  await world.happens(wish('anna'));
  await world.happens(wish('bert'));
}

/** Drift would not be trained for, but a person asks meanwhile; more do all along, and one is heard of afterwards. */
const joined: Script = { judge: ({ judgings }) => (judgings === 1 ? 'decline' : 'train') };
async function joining(world: RetrainingWorld): Promise<void> {
  await world.wake(rings('a'));
  await world.wake(wish('anna'), wish('bert'));
  await world.step(); // judged: declined but for them
  await world.wake(wish('carla'));
  await world.step(); // judged: trained
  await world.wake(wish('dora'));
  await world.step(); // trained
  await world.wake(wish('emil'));
  await world.settle();
  await world.happens(wish('frida'));
}

/** A judging that a person has joined dies, and so does the training that another has joined. */
const lost: Script = {
  judge: ({ number }) => (number === 1 ? 'dies' : 'train'),
  train: (decision) => (decision === 2 ? 'dies' : 'succeeded'),
};
async function losing(world: RetrainingWorld): Promise<void> {
  await world.wake(rings('a'));
  await world.wake(wish('anna'));
  const isTrained = async () => (await world.loop()).open?.status === 'training';
  while (!(await isTrained())) await world.step(); // its judging dies, and anna's is judged
  await world.wake(wish('bert'));
  await world.settle();
}

const endOf = async (world: RetrainingWorld) => {
  const { rev: _, ...loop } = await world.loop();
  const { champion, rollout } = await world.deployment();
  return {
    loop,
    decisions: await world.registry.decisions(MODEL, ALL),
    trained: world.trained,
    told: [...world.told],
    champion: champion?.version,
    rollout,
  };
};

const withoutSteps = ({ decisions, ...end }: Awaited<ReturnType<typeof endOf>>) => ({
  ...end,
  decisions: decisions.map(({ steps: _, ...decision }) => decision),
});

const LIVES = [
  ['drift that ends with a new champion', promotes, promoting],
  ['a training that is refused, and drift that waits after it', refuses, refusing],
  ['drift that waits for labelled rows, and a training that dies', dies, dying],
  ['executions that die before they judge, and a person who asks again', unjudged, unjudging],
  ['people who ask while a decision is under way', joined, joining],
  ['people who joined what then died', lost, losing],
] as const;

describe('the loop', () => {
  it('goes from drift to a new champion by itself, and sees no point in drift of the old one', async () => {
    const world = await RetrainingWorld.open(promotes);
    await promoting(world);
    const { loop, decisions, ...end } = await endOf(world);
    expect(end).toEqual({ trained: ['decision-000001'], told: [], champion: 2, rollout: undefined });
    expect(loop).toMatchObject({ open: null, next: null, unhelpful: [], untold: [] });
    expect(loop.months).toEqual([{ name: '2013-05', trainings: 1, usd: 0.5 }]);
    expect(loop.cooldown).toEqual({ since: NOON });
    expect(decisions.map(({ number, status }) => [number, status])).toEqual([
      [2, 'declined'],
      [1, 'promoted'],
    ]);
    expect(decisions[1]).toMatchObject({
      version: 2,
      costUsd: 0.5,
      runId: 'decision-000001',
      reason: 'version 2 is champion: it held',
    });
    expect(decisions[1]?.steps.map(({ status }) => status)).toEqual([
      'waiting',
      'judging',
      'training',
      'rollout',
      'promoted',
    ]);
  });

  it('tells people once of a training that did not help, and waits twice as long', async () => {
    const world = await RetrainingWorld.open(refuses);
    await refusing(world);
    const { loop, decisions, trained, told } = await endOf(world);
    expect(trained).toEqual(['decision-000001']);
    expect(told).toEqual([['retraining/trips-late/1', 'RETRAINING REFUSED: trips-late@2']]);
    expect(loop).toMatchObject({ open: null, unhelpful: [1], untold: [] });
    expect(decisions.map(({ status }) => status)).toEqual(['declined', 'refused']);
    expect(decisions[0]?.steps[1]).toMatchObject({
      reason: expect.stringContaining(`waits until ${later(48)}`),
    });
  });

  it('judges drift again when data came, and fails with a training that died', async () => {
    const world = await RetrainingWorld.open(dies);
    await dying(world);
    const { decisions, trained } = await endOf(world);
    expect(trained).toEqual(['decision-000001-2']);
    expect(decisions).toHaveLength(1);
    expect(decisions[0]).toMatchObject({
      status: 'failed',
      judgings: 2,
      reason:
        'run decision-000001-2 failed: execution decision-000001-2 ended without a result: it was stopped, or ran out of time',
    });
  });

  it('finds executions that died, and does what the next person asks', async () => {
    const world = await RetrainingWorld.open(unjudged);
    await unjudging(world);
    const { decisions, trained, told, champion } = await endOf(world);
    expect(decisions.map(({ status }) => status)).toEqual(['promoted', 'failed', 'failed']);
    expect(decisions[1]?.reason).toBe('execution decision-000002 ended without a judgement: States.Timeout');
    expect(trained).toEqual(['decision-000003']);
    expect(told.map(([id]) => id)).toEqual(['retraining/trips-late/1', 'retraining/trips-late/2']);
    expect(champion).toBe(2);
  });

  it('trains once for all who ask while it is judged, trained, rolled out and over', async () => {
    const world = await RetrainingWorld.open(joined);
    await joining(world);
    const { decisions, trained, loop } = await endOf(world);
    expect(trained).toEqual(['decision-000001-2']);
    expect(decisions).toHaveLength(1);
    expect(decisions[0]).toMatchObject({ status: 'promoted', judgings: 2, asked: 3 });
    const asked = ['anna', 'bert', 'carla', 'dora', 'emil', 'frida'].map((name) => `person:${name}`);
    expect(decisions[0]?.triggers.map(({ id }) => id)).toEqual([rings('a').id, ...asked]);
    expect(loop).toMatchObject({ open: null, next: null, months: [] });
  });

  it('tries again for each who joined what then died', async () => {
    const world = await RetrainingWorld.open(lost);
    await losing(world);
    const { decisions, trained, told } = await endOf(world);
    const told12 = ['retraining/trips-late/1', 'retraining/trips-late/2'];
    expect(decisions.map(({ status, triggers }) => [status, triggers.map(({ id }) => id)])).toEqual([
      ['promoted', ['person:bert']],
      ['failed', ['person:anna']],
      ['failed', [rings('a').id]],
    ]);
    expect(trained).toEqual(['decision-000002', 'decision-000003']);
    expect(told.map(([id]) => id)).toEqual(told12);
  });

  it('starts again what was called and never started', async () => {
    const world = await RetrainingWorld.open(promotes, { plan: { calls: 0 } });
    const { 'retrain-model': machine } = world.executions;
    const { start } = machine;
    machine.start = async () => true; // Its reply came, the execution did not.
    await world.wake(rings('a'));
    expect(machine.running(MODEL)).toEqual([]);
    machine.start = start;
    await world.settle();
    expect(await world.registry.decision(MODEL, 1)).toMatchObject({ status: 'promoted' });
  });

  it('settles an execution that is dead when it is to be started, in the same wake-up', async () => {
    const world = await RetrainingWorld.open();
    await world.executions['retrain-model'].start(MODEL, { execution: 'decision-000001', input: {} });
    world.executions['retrain-model'].end(MODEL, 'decision-000001');
    await world.wake(rings('a'));
    expect(await world.registry.decision(MODEL, 1)).toMatchObject({ status: 'failed' });
    expect([...world.told.keys()]).toEqual(['retraining/trips-late/1']);
  });

  it('takes in 20 triggers at once, each in one decision', async () => {
    const world = await RetrainingWorld.open();
    const names = Array.from({ length: 20 }, (_, index) => `drift:${index}`);
    await Promise.all(names.map((id) => world.wake(drift('at once', { id, version: 1 }))));
    const { open, next } = await world.loop();
    const taken = [...(open?.triggers ?? []), ...(next?.triggers ?? [])].map(({ id }) => id);
    expect(taken.toSorted()).toEqual(names.toSorted());
    expect(world.executions['retrain-model'].running(MODEL)).toEqual(['decision-000001']);
  });

  it('does not begin what would be compared with a champion that changes meanwhile', async () => {
    const world = await RetrainingWorld.open({ train: () => 'refused' });
    await world.happens(rings('a'));
    await world.wake(rings('b'));
    const claim = { model: MODEL, runId: 'by hand', createdAt: NOON, specHash: 'spec', datasets: {} };
    const { version } = await world.registry.claimModelVersion(claim);
    const manifest = { key: 'k', versionId: 'v', size: 1, sha256: 's' };
    await world.registry.updateModelVersion({ ...claim, version, status: 'approved', manifest }, 'claimed');
    await world.promote(version);
    world.asOf = later(48);
    await world.settle();
    expect(await world.registry.decision(MODEL, 2)).toMatchObject({
      status: 'declined',
      reason: `no point: it was seen of version 1, which is not champion any more, version ${version} is`,
    });
  });
});

describe.each(LIVES)('a fault in any call of %s', (_, script, live) => {
  /** @returns how it ends, and how many calls that took */
  async function play(plan: FaultPlan, retries = true) {
    const world = await RetrainingWorld.open(script, { plan });
    world.retries = retries;
    await live(world);
    return { end: await endOf(world), calls: plan.calls };
  }

  it.each([
    ['fails before it took effect', { when: 'before', dies: false }, true],
    ['loses its reply', { when: 'after', dies: false }, true],
    ['is where the process dies before it took effect', { when: 'before', dies: true }, true],
    ['is where the process dies afterwards', { when: 'after', dies: true }, true],
    ['is the last of a wake-up that nobody repeats', { when: 'before', dies: true }, false],
    ['has effect and is the last of a wake-up that nobody repeats', { when: 'after', dies: true }, false],
  ] as const)('that %s ends as if nothing had happened', async (_name, fault, retries) => {
    const { end, calls } = await play({ calls: 0 });
    expect(calls).toBeGreaterThan(50);
    for (let failAt = 0; failAt < calls; failAt++) {
      const plan = { calls: 0, failAt, ...fault };
      const faulty = await play(plan, retries);
      expect(plan.calls, `call ${failAt} was reached`).toBeGreaterThan(failAt);
      // A wake-up that is lost leaves out a step that was over when the next one looked.
      const seen = retries ? faulty.end : withoutSteps(faulty.end);
      expect(seen, `call ${failAt} of ${calls}`).toEqual(retries ? end : withoutSteps(end));
    }
  });
});
