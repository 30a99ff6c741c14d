import type { RetrainingFacts, RetrainingPolicy } from './facts.ts';
import { causes, isChanged, newWishesOf } from './gather-triggers.ts';
import { budgetHold, cooldownHold, type Hold } from './limits.ts';
import type { Decision, JudgedState, RetrainingLoop, Trigger } from './records.ts';

/** What becomes of a decision that waits. */
export type Weighed =
  | { readonly action: 'judge'; readonly reason: string }
  | ({ readonly action: 'wait' } & Hold)
  | { readonly action: 'decline'; readonly reason: string };

/**
 * Whether the open decision's time has come. A person passes the cooldown, the budget, and what was judged before: once,
 * for each time that one asks.
 */
export function weighDecision(
  loop: RetrainingLoop,
  decision: Decision,
  facts: RetrainingFacts,
  policy: RetrainingPolicy,
  asOf: string,
): Weighed {
  const answers = decision.triggers.map((trigger) => answer(trigger, facts, policy));
  const asking = decision.triggers.filter((_, index) => answers[index] === undefined);
  if (asking.length === 0) {
    const rows = answers.find((one) => one?.waits);
    const reason = rows?.reason ?? answers[0]?.reason ?? 'nothing asks for it any more';
    return { action: rows ? 'wait' : 'decline', reason };
  }
  const { state, deployment: { frozen, rollout } = {} } = facts;
  if (frozen) {
    const { by, at, reason } = frozen;
    const why = `${by} froze the deployment at ${at} (${reason}): nothing could be promoted`;
    return { action: 'wait', reason: `waits until that is lifted: ${why}` };
  }
  if (rollout) {
    const { version } = rollout.candidate;
    return { action: 'wait', reason: `waits for the rollout of version ${version}: it may become champion` };
  }
  const holds = [cooldownHold(loop, policy, asOf), budgetHold(loop, policy, asOf)].filter((hold) => !!hold);
  if (newWishesOf(decision).length > 0) {
    const passed = holds.map(({ reason }) => reason).join(', and ');
    const reason = `${causes(decision)}${passed && `; a person's wish does not wait, though ${passed}`}`;
    return { action: 'judge', reason };
  }
  const { judged } = loop;
  if (judged && isCovered(state, judged)) {
    const said = judged.decision === decision.number ? ofJudging(decision) : undefined;
    const before = `decision ${judged.decision} judged the same data, spec and code`;
    if (asking.some(({ kind }) => kind === 'drift' || kind === 'performance'))
      return { action: 'wait', reason: said ?? `waits for newer labelled rows: ${before}` };
    return { action: 'decline', reason: `no point: ${before}` };
  }
  const [hold] = holds;
  if (hold) return { action: 'wait', ...hold, reason: `waits until ${hold.until}: ${hold.reason}` };
  return { action: 'judge', reason: causes({ triggers: asking, more: decision.more ?? 0 }) };
}

/** Why a trigger asks for nothing now, and whether it may again; undefined: it asks. */
function answer(
  { kind, version }: Trigger,
  { champion, newRows }: RetrainingFacts,
  { retrain }: RetrainingPolicy,
): { readonly reason: string; readonly waits?: true } | undefined {
  if (
    (kind === 'drift' || kind === 'performance') &&
    version !== undefined &&
    version !== champion?.version
  ) {
    const now = champion ? `version ${champion.version} is` : 'there is none';
    return { reason: `no point: it was seen of version ${version}, which is not champion any more, ${now}` };
  }
  if (kind === 'change' && champion && !isChanged(champion.isOfOther))
    return { reason: `no point: version ${champion.version} was made by the deployed spec and code` };
  const minRows = retrain.onNewData?.minRows ?? 0;
  if (kind === 'new-data' && newRows < minRows) {
    const since = champion ? ` since the data of version ${champion.version}, or since they were judged` : '';
    return { reason: `waits for rows: ${newRows} of ${minRows} came${since}`, waits: true };
  }
  return undefined;
}

/** What its newest judging came to. */
function ofJudging({ steps }: Decision): string | undefined {
  return steps[steps.findLastIndex(({ status }) => status === 'judging') + 1]?.reason;
}

/** Whether all of it was judged: data that is older by a clock that jumped back was, too. */
function isCovered(state: JudgedState, judged: JudgedState): boolean {
  return (
    state.specHash === judged.specHash &&
    state.codeVersion === judged.codeVersion &&
    Object.entries(state.datasets).every(([dataset, version]) => version <= (judged.datasets[dataset] ?? 0))
  );
}
