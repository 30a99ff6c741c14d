import type { AuditRecord, Deployment } from '../registry/deployment-records.ts';
import type { ModelVersion, Run } from '../registry/records.ts';
import type { CarriedFacts } from './facts.ts';
import type { Decision, DecisionStatus } from './records.ts';

/** What a decision that is carried out has come to. */
export interface Progress {
  readonly status: DecisionStatus;
  readonly reason: string;
  readonly known: Pick<Decision, 'runId' | 'version' | 'costUsd'>;
}

type Come = Omit<Progress, 'known'>;

/** Whoever approves a version has so long to begin what follows: twice as long as the function may run. */
const APPROVER_MS = 60_000;

/** The version of a decision that a person approved, when what follows was not begun: who approved it died in between. */
export function leftApproved(
  decision: Decision | null,
  { version }: Pick<CarriedFacts, 'version'>,
  asOf: string,
): ModelVersion | undefined {
  const isPending = decision?.status === 'training' || decision?.status === 'approval';
  const said = version?.approval?.decided;
  if (!isPending || said?.decision !== 'approved') return undefined;
  return Date.parse(asOf) - Date.parse(said.at) > APPROVER_MS ? version : undefined;
}

/** @returns undefined when it goes on as it is */
export function followDecision(
  decision: Decision,
  facts: CarriedFacts,
  deployment?: Deployment,
): Progress | undefined {
  const { run } = facts;
  const known = {
    ...(run && { runId: run.runId }),
    ...(run?.version !== undefined && { version: run.version }),
    ...(run?.costUsd !== undefined && { costUsd: run.costUsd }),
  };
  const come =
    decision.status === 'judging' ? ofJudging(decision, facts) : ofTraining(decision, facts, deployment);
  if (!come || (come.status === decision.status && come.reason === decision.reason)) return undefined;
  return { ...come, known };
}

function ofJudging({ execution }: Decision, facts: CarriedFacts): Come | undefined {
  if (facts.execution !== 'ended') return undefined;
  return { status: 'failed', reason: `execution ${execution} ended without a judgement${byError(facts)}` };
}

function ofTraining(
  decision: Decision,
  facts: CarriedFacts,
  deployment: Deployment | undefined,
): Come | undefined {
  const { run, version } = facts;
  if (!run) {
    if (facts.execution === 'running') return undefined;
    return {
      status: 'failed',
      reason: `execution ${decision.execution} ended without a training${byError(facts)}`,
    };
  }
  if (run.status === 'waiting' || run.status === 'running') {
    if (run.runId === (decision.runId ?? decision.execution)) return undefined;
    return { status: 'training', reason: `run ${run.runId} trains for it` };
  }
  if (version && run.status === 'succeeded') return ofVersion(decision, version, run, facts, deployment);
  const verdict = run.verdict?.[0] ?? version?.verdict?.[0];
  if (run.status === 'refused')
    return { status: 'refused', reason: `version ${run.version} is refused by its gates: ${verdict}` };
  const why =
    run.error?.message ?? (run.cancelled ? `cancelled by ${run.cancelled.by}` : `it is ${run.status}`);
  return { status: 'failed', reason: `run ${run.runId} failed: ${why}` };
}

const byError = ({ error }: CarriedFacts) => (error ? `: ${error}` : '');

/** Of a version that passed its gates. */
function ofVersion(
  { status }: Decision,
  record: ModelVersion,
  { execution }: Run,
  { audit, rollout }: CarriedFacts,
  deployment: Deployment | undefined,
): Come | undefined {
  const { version } = record;
  const name = `version ${version}`;
  const changes = audit.toReversed(); // oldest first
  const promoted = changes.find(({ from, to }) => to === version && from !== version);
  if (promoted) return { status: 'promoted', reason: `${name} is champion: ${promoted.reason}` };
  const begun = changes.findLast(({ action, of }) => action === 'begin-rollout' && of === version);
  const end = begun && whatEnded(begun, changes);
  if (end) return { status: 'rolled-back', reason: `${name} was taken back: ${end}` };
  const tried: Come = { status: 'rollout', reason: `${name} is tried beside the champion` };
  if (begun) return tried;
  const decided = ofApproval(record);
  if (decided) return decided;

  const champion = deployment?.champion?.version;
  if (champion !== undefined && champion > version)
    return { status: 'failed', reason: `version ${champion} became champion before ${name} was tried` };
  const compared = record.approval?.comparedWith;
  if (compared !== undefined && (champion ?? null) !== compared && champion !== version)
    return { status: 'failed', reason: `${name} was approved, but ${whyNotReplaced(champion, compared)}` };
  if (rollout === 'running') return tried;
  if (rollout === 'ended')
    return { status: 'failed', reason: `rollout ${execution} of ${name} ended before it began` };
  const wasAsked = status === 'approval' || record.approval !== undefined;
  if (wasAsked && !deployment?.frozen) return undefined; // a person approved: it is about to be tried
  const frozen = deployment?.frozen;
  const since = frozen ? `is frozen by ${frozen.by} (${frozen.reason})` : 'was frozen';
  return { status: 'held', reason: `${name} passed its gates, but the deployment ${since}` };
}

function whyNotReplaced(champion: number | undefined, compared: number | null): string {
  const now = champion === undefined ? 'there is no champion' : `version ${champion} is champion by now`;
  return `${now}, and it was compared with ${compared === null ? 'none' : `version ${compared}`}`;
}

function ofApproval({ version, status, approval }: ModelVersion): Come | undefined {
  const name = `version ${version}`;
  const { expiresAt, decided } = approval ?? {};
  if (status === 'waiting')
    return { status: 'approval', reason: `${name} waits for a person's approval until ${expiresAt}` };
  if (status === 'rejected')
    return { status: 'rejected', reason: `${name} was rejected by ${decided?.by}: ${decided?.reason}` };
  if (status === 'expired')
    return { status: 'expired', reason: `nobody approved ${name} before ${expiresAt}` };
  return undefined;
}

/** The change that ended a rollout: a rollback, or another version that took its place. */
function whatEnded(begun: AuditRecord, changes: readonly AuditRecord[]): string | undefined {
  const after = changes.filter(({ rev }) => rev > begun.rev);
  const end = after.find(({ action, of }) => action === 'rollback' && of === begun.of);
  if (end) return end.reason;
  const other = after.find(({ action }) => action === 'begin-rollout' || action === 'promote');
  if (!other) return undefined;
  return `${other.by} ${other.action === 'promote' ? 'promoted' : 'tried'} version ${other.of ?? other.to} instead`;
}
