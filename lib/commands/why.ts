import type { Decision, DecisionStatus, Judgement } from '#core/retrain/records.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, requireKnown, UsageError } from './arguments.ts';
import { count, decimals, instant } from './format.ts';
import { bold, EXIT, type ExitCode, green, type Printer, plain, red, yellow } from './printer.ts';
import { list, table } from './table.ts';

/** `leeboard why`: the decisions about training a model again, newest first, or all of one. */
export async function why(
  client: Pick<LeeboardClient, 'outputs' | 'decisions'>,
  { model, decision: wanted }: { readonly model: string; readonly decision?: string | undefined },
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  const decisions = await client.decisions(model);
  if (wanted === undefined) {
    print.result({ decisions }, () => describeDecisions(model, decisions));
    return EXIT.ok;
  }
  const decision = decisions.find(({ number }) => String(number) === wanted);
  if (!decision) {
    const known = decisions.map(({ number }) => number);
    const range = known.length > 0 ? `${known.at(-1)} to ${known[0]}` : 'none yet';
    throw new UsageError(`expected the number of a decision about ${model} (${range}), got ${wanted}`);
  }
  print.result(decision, () => describeDecision(decision));
  return EXIT.ok;
}

function describeDecisions(model: string, decisions: readonly Decision[]): string {
  if (decisions.length === 0) return `Nothing was decided about training ${model} again.`;
  const rows = decisions.map((decision) => ({
    decision: String(decision.number),
    'since (UTC)': instant(decision.steps.at(-1)?.at as string),
    outcome: coloured(decision.status),
    version: decision.version === undefined ? '-' : String(decision.version),
    because: causesOf(decision),
    why: plain(decision.reason),
  }));
  return `${table(rows)}\n\nAll of one: npx leeboard why ${model} ${decisions[0]?.number}`;
}

/** A decision whole: what asked for it, what happened when, and the figures it was judged by. */
export function describeDecision(decision: Decision): string {
  const { model, number, status, triggers, more = 0, steps, judgement, version } = decision;
  const head = list([
    ['decision', `${number} about ${model}`],
    ['outcome', `${coloured(status)}${version === undefined ? '' : `, ${model}@${version}`}`],
    ['why', plain(decision.reason)],
  ]);
  const asked = triggers.map(({ at, kind, by, reason }) => ({
    'asked (UTC)': instant(at),
    cause: kind,
    by: plain(by),
    what: plain(reason),
  }));
  const happened = steps.map(({ at, status: then, reason }) => ({
    'then (UTC)': instant(at),
    step: coloured(then),
    why: plain(reason),
  }));
  return [
    head,
    table(asked) + (more > 0 ? `\nand ${count(more)} more` : ''),
    table(happened),
    judgement ? describeJudgement(judgement) : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

function describeJudgement({ champion, seenUntil, labelledUntil, newRows, backtest }: Judgement): string {
  const facts = list([
    ['champion', champion === null ? 'none' : `version ${champion}`],
    ['it has seen', seenUntil === null ? '-' : `labelled rows to ${instant(seenUntil)}`],
    ['there are', labelledUntil === null ? '-' : `labelled rows to ${instant(labelledUntil)}`],
    ['newer', `${count(newRows)} rows`],
  ]);
  if (!backtest) return facts;
  const { from, to, rows, championLoss, championScore, candidates, best } = backtest;
  const tried = [
    {
      'learned from': 'champion',
      rows: '-',
      loss: decimals(championLoss),
      score: decimals(championScore ?? undefined),
      gain: '-',
      'at least': '-',
    },
    ...candidates.map((candidate) => ({
      'learned from': candidate.window === best ? green(candidate.window) : candidate.window,
      rows: count(candidate.rows),
      loss: decimals(candidate.loss),
      score: decimals(candidate.score ?? undefined),
      gain: decimals(candidate.gain),
      'at least': decimals(candidate.gainAtLeast),
    })),
  ];
  const on = `compared on ${count(rows)} rows, ${instant(from)} to ${instant(to)}, that none of them has seen`;
  return `${facts}\n\n${bold('back-test')}  ${on}\n${table(tried)}`;
}

/** `drift, new-data x 3` */
function causesOf({ triggers, more = 0 }: Decision): string {
  const times = new Map<string, number>();
  for (const { kind } of triggers) times.set(kind, (times.get(kind) ?? 0) + 1);
  const said = [...times].map(([kind, often]) => (often > 1 ? `${kind} x ${often}` : kind));
  return [...said, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function coloured(status: DecisionStatus): string {
  if (status === 'promoted') return green(status);
  if (status === 'failed' || status === 'rolled-back') return red(status);
  return status === 'ignored' || status === 'declined' ? status : yellow(status);
}
