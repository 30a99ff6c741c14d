import { emptyLoop } from '#core/retrain/change-loop.ts';
import type { RetrainingFacts, RetrainingPolicy } from '#core/retrain/facts.ts';
import { moveLoop } from '#core/retrain/move-loop.ts';
import { recordJudgement } from '#core/retrain/record-judgement.ts';
import type {
  Decision,
  GatheredTriggers,
  JudgedAction,
  Judgement,
  RetrainingLoop,
  Trigger,
} from '#core/retrain/records.ts';
import { RetrainSpec } from '#core/spec/retrain.ts';

export const NOON = '2013-05-02T12:00:00.000Z';
export const later = (hours: number, from = NOON): string =>
  new Date(Date.parse(from) + hours * 3_600_000).toISOString();

export const policyOf = (changes: Partial<RetrainSpec> = {}, pace = 1): RetrainingPolicy => ({
  retrain: {
    ...RetrainSpec.parse({ onDrift: true, onPerformance: true, onNewData: { minRows: 1000 } }),
    ...changes,
  },
  pace,
});

/** The champion is version 3, which learned from version 5 of the flights; two more came since. */
export const factsOf = (changes: Partial<RetrainingFacts> = {}, version = 7): RetrainingFacts => ({
  state: { datasets: { flights: version }, specHash: 'spec', codeVersion: 'code' },
  newRows: 2000,
  champion: { version: 3, createdAt: later(-1000), isOfOther: { spec: false, code: false } },
  ...changes,
});

export const drift = (name = 'a', changes: Partial<Trigger> = {}): Trigger => ({
  id: `drift:${name}`,
  kind: 'drift',
  at: NOON,
  by: 'leeboard',
  reason: `carrier drifted in window ${name}`,
  version: 3,
  figures: { psi: 0.31 },
  ...changes,
});

export const dropped = (name: string): Trigger => ({
  id: `data:${name}`,
  kind: 'new-data',
  at: NOON,
  by: 'leeboard',
  reason: `flights@${name} came`,
});

export const wish = (by = 'anna'): Trigger => ({
  id: `person:${by}`,
  kind: 'person',
  at: NOON,
  by,
  reason: `${by} asks for it`,
});

/** 700 of 2000 new rows were compared on. */
/** Of what was gathered, in its order; of nothing none. */
export const idsOf = (gathered: Pick<GatheredTriggers, 'triggers'> | null | undefined): readonly string[] =>
  (gathered?.triggers ?? []).map(({ id }) => id);

export const judgementOf = (): Judgement => ({
  champion: 3,
  seenUntil: '2013-04-01T00:00:00.000Z',
  labelledUntil: '2013-05-01T00:00:00.000Z',
  newRows: 2000,
});

export const verdictOf = (action: JudgedAction['action'] = 'train'): JudgedAction => ({
  action,
  since: action === 'train' ? '2013-02-01T00:00:00.000Z' : null,
  reason: { train: 'it would help', decline: 'it would not help', wait: 'waits for newer rows' }[action],
});

/** A loop of its own and the decisions it stored, moved by wake-ups one after another. */
export class Looped {
  loop: RetrainingLoop = emptyLoop('m');
  readonly decisions = new Map<number, Decision>();
  policy = policyOf();
  facts = factsOf();

  /** @returns the open decision then */
  wake(asOf = NOON, ...triggers: readonly Trigger[]): Decision | null {
    const { policy, loop } = this;
    const lastJudged = this.decisions.get(loop.judged?.decision ?? 0);
    const facts = { ...this.facts, ...(lastJudged && { lastJudged }) };
    this.#store(moveLoop(loop, { triggers, facts, policy, asOf }));
    return this.loop.open;
  }

  judge(action: JudgedAction['action'] = 'train', asOf = NOON): JudgedAction {
    const { number = 0, execution = '' } = this.loop.open ?? {};
    const { answer, ...change } = recordJudgement(this.loop, undefined, {
      decision: number,
      execution,
      judgement: judgementOf(),
      verdict: verdictOf(action),
      asOf,
    });
    this.#store(change);
    return answer;
  }

  /** The training of the open decision ends so. */
  end(status: 'refused' | 'failed' | 'promoted', asOf = NOON, costUsd?: number): Decision {
    const { number, execution = '' } = this.loop.open as Decision;
    const run = {
      model: 'm',
      runId: execution,
      pipeline: 'train-model',
      status: status === 'promoted' ? 'succeeded' : status,
      startedAt: asOf,
      by: 'leeboard',
      execution,
      version: 4,
      verdict: ['auc is 0.5, at least 0.6 is needed'],
      error: { name: 'Error', message: 'out of memory' },
      ...(costUsd !== undefined && { costUsd }),
    } as const;
    const { facts } = this;
    const common = {
      model: 'm',
      version: 4,
      createdAt: asOf,
      runId: execution,
      datasets: {},
      specHash: 'spec',
    };
    const version = { ...common, status: 'approved' } as const;
    const promoted = {
      model: 'm',
      rev: 2,
      at: asOf,
      by: 'deploy-model',
      action: 'promote',
      from: 3,
      to: 4,
    } as const;
    const audit = status === 'promoted' ? [{ ...promoted, reason: 'it held' }] : [];
    this.facts = { ...facts, carried: { execution: 'ended', run, rollout: 'missing', version, audit } };
    this.wake(asOf);
    this.facts = facts;
    return this.decision(number);
  }

  decision(number: number): Decision {
    const found = this.decisions.get(number);
    if (!found) throw new Error(`no decision ${number}`);
    return found;
  }

  #store({ next, decisions }: ReturnType<typeof moveLoop>): void {
    if (!next && decisions.length > 0) throw new Error('decisions without a loop');
    if (next && next.rev !== this.loop.rev + 1) throw new Error('a change counts one');
    this.loop = next ?? this.loop;
    for (const decision of decisions) this.decisions.set(decision.number, decision);
  }
}

/** A loop whose first decision, for drift, trained and was refused; the day is over. */
export function refusedOnce(): Looped {
  const looped = new Looped();
  looped.wake(NOON, drift('a'));
  looped.judge();
  looped.end('refused');
  looped.facts = factsOf({}, 8);
  return looped;
}
