import type { ApprovalOutcome } from '#core/api/approvals.ts';
import { approvalPageKey } from '#core/registry/bundle.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import { ApiError } from '#lib/client/errors.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, requireKnown, UsageError } from './arguments.ts';
import { instant } from './format.ts';
import { keepPage } from './keep-page.ts';
import { openPage } from './open-page.ts';
import { EXIT, type ExitCode, green, type Printer, plain, yellow } from './printer.ts';
import { parseReference } from './reference.ts';
import { table } from './table.ts';

export interface ApprovalsOptions {
  /** @default all models */
  readonly model?: string | undefined;
  /** A version whose page is kept in `folder` and opened: `flights-late@5`. @default none */
  readonly open?: string;
  /** @default .leeboard of the project */
  readonly folder?: string;
  readonly now?: Date;
}

/** `leeboard approvals`: what waits for a person, what they said before, and the page that tells them about a version. */
export async function approvals(
  client: Pick<LeeboardClient, 'outputs' | 'model' | 'store'>,
  { model, open, folder, now = new Date() }: ApprovalsOptions,
  print: Printer,
): Promise<ExitCode> {
  if (open !== undefined) return show(client, parseVersion(client, open, model), folder, print);
  const known = deployedModels(client.outputs);
  if (model !== undefined) requireKnown('model', model, known);
  const found = (await Promise.all((model ? [model] : known).map((name) => asked(client, name)))).flat();
  const listed = found.map((version) => ({ ...version, status: statusAt(version, now.toISOString()) }));
  print.result({ approvals: listed }, () => table(listed.map(row)) || 'nothing waits for a person, or did');
  return EXIT.ok;
}

async function show(
  client: Pick<LeeboardClient, 'store'>,
  { model, version }: { readonly model: string; readonly version: number },
  folder: string | undefined,
  print: Printer,
): Promise<ExitCode> {
  const page = await keepPage(client, approvalPageKey(model, version), folder);
  const opened = await openPage(page);
  print.result({ model, version, page }, () => (opened ? page : `${page} (nothing here opens it)`));
  return EXIT.ok;
}

/** `leeboard approve` and `reject`: what a person says to a version that waits. */
export async function decideApproval(
  client: Pick<LeeboardClient, 'outputs' | 'decideApproval'>,
  {
    version: text,
    action,
    ...body
  }: {
    readonly version: string;
    readonly action: 'approve' | 'reject';
    readonly reason: string;
    readonly sha256?: string;
  },
  print: Printer,
): Promise<ExitCode> {
  const { model, version } = parseVersion(client, text);
  const outcome = await client.decideApproval(model, version, action, body);
  print.result(outcome, () => SENTENCES[outcome.outcome](outcome));
  return EXIT.ok;
}

const SENTENCES: Record<ApprovalOutcome['outcome'], (outcome: ApprovalOutcome) => string> = {
  promoted: ({ model, version, rev }) =>
    `${green('approved')}: ${model}@${version} is the champion, rev ${rev}`,
  rollout: ({ model, version }) =>
    `${green('approved')}: ${model}@${version} is tried beside the champion: "npx leeboard rollouts ${model}" shows how it does`,
  held: ({ model, version }) =>
    `${yellow('approved')}: ${model} is frozen: once it is not, "npx leeboard approve ${model}@${version}" again promotes it`,
  rejected: ({ model, version }) => `${yellow('rejected')}: ${model}@${version}; the champion stays`,
};

function parseVersion(client: Pick<LeeboardClient, 'outputs'>, text: string, model?: string) {
  const reference = parseReference(client.outputs, text, model);
  if (reference.kind === 'version') return reference;
  throw new UsageError(`expected a version such as flights-late@2, got ${text}`);
}

/** Newest first; a model that was never trained has none. */
async function asked(client: Pick<LeeboardClient, 'model'>, model: string): Promise<ModelVersion[]> {
  try {
    return (await client.model(model)).versions.filter(({ approval }) => approval !== undefined);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

/** Whose time is over is not approved any more, though nothing has come by yet to write that down. */
function statusAt({ status, approval }: ModelVersion, now: string): ModelVersion['status'] {
  return status === 'waiting' && approval && Date.parse(approval.expiresAt) <= Date.parse(now)
    ? 'expired'
    : status;
}

function row({ model, version, status, approval }: ModelVersion) {
  const { expiresAt = '', comparedWith = null, decided, sha256 = '' } = approval ?? {};
  return {
    version: `${model}@${version}`,
    status: status === 'waiting' ? yellow(status) : status,
    champion: comparedWith === null ? '-' : String(comparedWith),
    'until (UTC)': expiresAt && instant(expiresAt),
    by: decided ? plain(decided.by) : '-',
    reason: decided ? plain(decided.reason) : '-',
    bundle: sha256.slice(0, 12),
  };
}
