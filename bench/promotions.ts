import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  beginRollout,
  completeRollout,
  type Mandate,
  promoteAny,
  rollBack,
} from '#core/registry/change-deployment.ts';
import type { Deployment, DeploymentChange } from '#core/registry/deployment-records.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import { readPredictions } from '#lib/pipelines/read-predictions.ts';
import { atMost, type Deployed, type Measured, report, withDeployment } from './deployment.ts';
import { latency, type Sent, Traffic } from './traffic.ts';

/** Answers while the champion changes: none fails, each is by a version that was deployed, each is in the log once. */

const MODEL = 'flights-late';
/** A pointer's lifetime. */
const LIFETIME_MS = 5000;
const CHANGES = 20;

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '45' },
  },
});
const [rate, seconds] = [Number(values.rate), Number(values.seconds)];

/** A version and the time in which an instance may have read that it answers. */
interface Reign {
  readonly version: number;
  readonly from: number;
  readonly to: number;
}

await withDeployment(['01'], async (deployed) => {
  const versions = await twoVersions(deployed);
  const { input } = await deployed.client.model(MODEL);
  const traffic = await Traffic.to(
    deployed.outputs,
    `/v1/models/${MODEL}/predict`,
    JSON.stringify(input?.example),
  );
  for (const share of [10, 4, 2]) await traffic.send(rate / share, 3); // wakes one instance after another
  const start = Date.now();
  const sending = traffic.send(rate, seconds);
  const slowest = await changeAllTheTime(deployed, versions);
  const sent = await sending;
  const reigns = await reignsOf(deployed, slowest);
  await report('promotions', judge(sent, reigns, await logged(deployed, start, sent)));
});

/** The first version and a cheaper one, both free to be deployed. */
async function twoVersions({ client, registry }: Deployed): Promise<[ModelVersion, ModelVersion]> {
  await client.startRun(MODEL, { set: { 'algorithm.rounds': 5 } });
  for (;;) {
    const second = await registry.modelVersion(MODEL, 2);
    const runs = await client.runs(MODEL);
    if (second?.manifest && runs.every(({ finishedAt }) => finishedAt)) {
      const approved = { ...second, status: 'approved' } as const;
      if (second.status !== 'approved') await registry.updateModelVersion(approved, second.status);
      return [(await registry.modelVersion(MODEL, 1)) as ModelVersion, approved];
    }
    await sleep(200);
  }
}

/** Promotions, rollouts and rollbacks, evenly over the time. @returns what the slowest of them took, milliseconds */
async function changeAllTheTime(
  { registry }: Deployed,
  [, second]: readonly [ModelVersion, ModelVersion],
): Promise<number> {
  const candidate = (mandate: Mandate) => ({
    ...mandate,
    version: second,
    approvedSha256: second.manifest?.sha256 ?? '',
  });
  const id = 'bench';
  const turns: ((current: Deployment, mandate: Mandate) => DeploymentChange | undefined)[] = [
    (current, mandate) => promoteAny(current, candidate(mandate)),
    rollBack,
    (current, mandate) =>
      beginRollout(current, { ...candidate(mandate), id, stage: { kind: 'canary', percent: 50 } }),
    (current, mandate) => completeRollout(current, { ...mandate, id }),
    rollBack,
  ];
  let slowest = 0;
  for (let turn = 0; turn < CHANGES; turn++) {
    await sleep((seconds * 1000) / (CHANGES + 1));
    const at = Date.now();
    const mandate = { by: 'bench', at: new Date(at).toISOString(), reason: 'bench' };
    const current = (await registry.deployment(MODEL)) as Deployment;
    const change = turns[turn % turns.length]?.(current, mandate);
    if (!change) throw new Error(`turn ${turn} changed nothing`);
    await registry.commitDeployment(change);
    slowest = Math.max(slowest, Date.now() - at);
  }
  return slowest;
}

/** Who answered when, as the audit says. @param slowest what storing a change may take after the instant that it names */
async function reignsOf({ registry }: Deployed, slowest: number): Promise<Reign[]> {
  const audit = (await registry.audit(MODEL, { limit: 1000 })).toReversed();
  return audit.flatMap(({ at, to, action, of }, index) => {
    const from = Date.parse(at);
    const next = audit[index + 1];
    const until = next ? Date.parse(next.at) + slowest : Number.POSITIVE_INFINITY;
    const champion = to === null ? [] : [{ version: to, from, to: until }];
    const tried = action === 'begin-rollout' && of !== undefined ? [{ version: of, from, to: until }] : [];
    return [...champion, ...tried];
  });
}

/** What the log has of the bench's requests, once it has them all or a minute is over. */
async function logged({ store }: Deployed, start: number, sent: readonly Sent[]): Promise<string[]> {
  const rows = sent.reduce((sum, { answer }) => sum + (answer?.predictions.length ?? 0), 0);
  for (let wait = 0; ; wait++) {
    const found = await readPredictions(store, MODEL, start, Date.now() + 1);
    if (found.length >= rows || wait === 60) return found.map(({ id }) => id);
    await sleep(1000);
  }
}

function judge(sent: readonly Sent[], reigns: readonly Reign[], log: readonly string[]): Measured[] {
  const wrong = sent.filter(({ answer, dueAt, answeredAt }) => {
    const by = reigns.filter(({ version }) => version === answer?.version);
    return answer && !by.some(({ from, to }) => from <= answeredAt && to > dueAt - LIFETIME_MS);
  });
  const ids = new Map<string, number>();
  for (const id of log) ids.set(id, (ids.get(id) ?? 0) + 1);
  const accepted = sent.flatMap(({ answer }) =>
    (answer?.predictions ?? []).map((_, index) => `${answer?.predictionId}#${index}`),
  );
  const last = Math.max(...sent.map(({ answeredAt }) => answeredAt));
  const first = Math.min(...sent.map(({ dueAt }) => dueAt));
  const outcomes = new Map<string, number>();
  for (const { status, answer } of sent) {
    const outcome = answer ? `answers by version ${answer.version}` : `failures with status ${status}`;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  console.log(
    `${sent.length} requests at ${rate} a second, ${((sent.length * 1000) / (last - first)).toFixed(0)} answers a second; ` +
      `latency ${[0.5, 0.95, 0.99, 1].map((share) => `p${share * 100} ${latency(sent, share)} ms`).join(', ')}`,
  );
  for (const [outcome, count] of [...outcomes].sort()) console.log(`${count} ${outcome}`);
  return [
    atMost('requests that failed', sent.filter(({ status }) => status !== 200).length, 0, 'requests'),
    atMost('answers by a version not deployed in the 5 s before', wrong.length, 0, 'answers'),
    atMost('accepted predictions not in the log', accepted.filter((id) => !ids.has(id)).length, 0, 'rows'),
    atMost(
      'accepted predictions twice in it',
      accepted.filter((id) => (ids.get(id) ?? 0) > 1).length,
      0,
      'rows',
    ),
  ];
}
