import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { seededRandom } from '#core/random/seeded-random.ts';
import type { Run } from '#core/registry/records.ts';
import type { Decision, DecisionStatus } from '#core/retrain/records.ts';
import { openTopic } from '#test/support/queue-mailbox.ts';
import type { Deployed } from '../deployment.ts';
import { rentalsLate } from './project/models/rentals-late.ts';

export const MODEL = rentalsLate.name;
const DATASET = rentalsLate.from.name;
/** Rows a drop, a quarter of an hour apart: more days than the window that is learned from. */
const ROWS = 600;
const QUARTER_MS = 900_000;
const START = Date.UTC(2026, 0, 1);
/** Longer, and it is stuck. */
const PATIENCE_MS = 150_000;
const MOST = 1000;
const OPEN: readonly DecisionStatus[] = ['waiting', 'judging', 'training', 'approval', 'rollout'];

/** What came of one drop of rows. Alike where the same happened. */
export interface Life {
  /** Statuses of the steps of each decision that has the drop among its triggers. */
  readonly decisions: readonly (readonly DecisionStatus[])[];
  /** Decisions, and trigger ids in them, beyond that. */
  readonly others: number;
  /** How the trainings ended. */
  readonly trainings: readonly string[];
  /** Whether the champion is the version that the decision names. */
  readonly isChampion: boolean;
  readonly isLeaseFree: boolean;
  /** Whether nothing is open, nothing waits for its turn and nobody must be told any more. */
  readonly isAtRest: boolean;
  /** What people were told. */
  readonly told: number;
}

/** A model that is trained again by each drop, because the world is another one each time. */
export class Lives {
  readonly #deployed: Deployed;
  readonly #s3: S3Client;
  readonly #people: Awaited<ReturnType<typeof openTopic>>;
  #drops = 0;
  /** Of the world; the champion learned the one before. */
  #season = 0;

  private constructor(deployed: Deployed, people: Awaited<ReturnType<typeof openTopic>>) {
    this.#deployed = deployed;
    this.#people = people;
    this.#s3 = new S3Client(deployed.config);
  }

  static async of(deployed: Deployed): Promise<Lives> {
    const lives = new Lives(deployed, await openTopic(deployed.config, deployed.outputs.alarmTopic));
    lives.#drops = (await deployed.client.dataset(DATASET)).versions.length;
    lives.#season = lives.#drops;
    return lives;
  }

  /** Drops rows of another season than the last, and waits for the end. @param quiet waits until nothing is called */
  async live(quiet: () => Promise<void>): Promise<Life> {
    const before = await this.#state();
    const trigger = `data:${DATASET}@${await this.#drop()}`;
    await this.#until(`the end of what ${trigger} brought`, async () => {
      const { decisions, isAtRest } = await this.#state();
      return isAtRest && decisions.some((one) => has(one, trigger) && !OPEN.includes(one.status));
    });
    await quiet();
    const after = await this.#state();
    const decisions = after.decisions.slice(0, after.decisions.length - before.decisions.length);
    const own = after.decisions.filter((one) => has(one, trigger));
    const runs = after.trainings.slice(0, after.trainings.length - before.trainings.length);
    const isChampion = own[0]?.version !== undefined && after.champion === own[0].version;
    // What would not help, the champion knows already.
    if (isChampion || own[0]?.status === 'declined') this.#season++;
    return {
      decisions: own.map(({ steps }) => steps.map(({ status }) => status)),
      others: decisions.filter((one) => one.triggers.length !== 1 || !has(one, trigger)).length,
      trainings: runs.map(({ by, status }) => `${status} by ${by}`),
      isChampion,
      isLeaseFree: after.isLeaseFree,
      isAtRest: after.isAtRest,
      told: after.told - before.told,
    };
  }

  /** What became of people's wishes, once all are decided. @returns the decisions that each is in, and trainings begun */
  async wish(
    ids: readonly string[],
    send: () => Promise<unknown>,
  ): Promise<{ readonly inDecisions: readonly number[][]; readonly trainings: number }> {
    const before = await this.#state();
    const inDecisions = (decisions: readonly Decision[]) =>
      ids.map((id) => decisions.filter((one) => has(one, `person:${id}`)).map(({ number }) => number));
    await send();
    await this.#until(`${ids.length} wishes to be decided`, async () => {
      const { decisions, isAtRest } = await this.#state();
      return isAtRest && inDecisions(decisions).every(({ length }) => length > 0);
    }).catch((error) => console.log(String(error))); // which of them were not is counted
    const after = await this.#state();
    const trainings = after.trainings.length - before.trainings.length;
    return { inDecisions: inDecisions(after.decisions), trainings };
  }

  async #drop(): Promise<number> {
    const { client, outputs } = this.#deployed;
    const key = `incoming/${DATASET}/${DATASET}.csv`;
    const Body = rentals(this.#drops++, this.#season);
    const { VersionId: versionId = 'null' } = await this.#s3.send(
      new PutObjectCommand({ Bucket: outputs.incomingBucket, Key: key, Body }),
    );
    const outcome = await client.ingested({ key, versionId, size: Body.length });
    if (!('version' in outcome)) throw new Error(`${key} was refused`);
    return outcome.version;
  }

  async #state() {
    const { registry } = this.#deployed;
    const [decisions, runs, loop, deployment, lease, told] = await Promise.all([
      registry.decisions(MODEL, { limit: MOST }),
      registry.runs(MODEL, { limit: MOST }),
      registry.retraining(MODEL),
      registry.deployment(MODEL),
      registry.lease(MODEL),
      this.#people.read(),
    ]);
    const isAtRest = !loop || (loop.open === null && loop.next === null && loop.untold.length === 0);
    return {
      decisions,
      trainings: runs.filter(({ pipeline }: Run) => pipeline === 'train-model'),
      champion: deployment?.champion?.version,
      isLeaseFree: !lease?.holder && (lease?.waiting.length ?? 0) === 0,
      isAtRest,
      told: told.length,
    };
  }

  async #until(what: string, check: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + PATIENCE_MS; !(await check()); await sleep(200)) {
      if (Date.now() > end) throw new Error(`waited ${PATIENCE_MS / 1000} s in vain for ${what}`);
    }
  }
}

const has = ({ triggers }: Decision, id: string) => triggers.some((trigger) => trigger.id === id);

/** A CSV file of rows that follow those of the drop before: late are the long ones in one season, the short ones in the next. */
function rentals(drop: number, season: number): string {
  const random = seededRandom(`rentals ${drop}`);
  const lines = Array.from({ length: ROWS }, (_, index) => {
    const row = drop * ROWS + index;
    const days = random.uniform() * 10;
    const isLate = days + 2.5 * random.normal() > 5 === (season % 2 === 0);
    return [`r${row}`, new Date(START + row * QUARTER_MS).toISOString(), days, isLate ? 2 : 0.5].join(',');
  });
  return `${['rental,at,days,hours', ...lines].join('\n')}\n`;
}
