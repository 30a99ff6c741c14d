import type { AlarmState } from '#lib/client/answers.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels } from './arguments.ts';
import { instant } from './format.ts';
import { EXIT, type ExitCode, green, type Printer, plain, red } from './printer.ts';
import { list, table } from './table.ts';

/** An alarm and what it is of. */
export interface Alarm extends Omit<AlarmState, 'alarm'> {
  /** As CloudWatch names it. */
  readonly name: string;
  /** null: of the whole deployment. */
  readonly model: string | null;
  /** `drift`. */
  readonly what: string;
  /** Path of the page that says what to do; null where there is none. */
  readonly runbook: string | null;
}

type Client = Pick<LeeboardClient, 'outputs' | 'alarms'>;

/** `leeboard alarms`: every alarm, what state it is in and why, and where to read what to do. */
export async function alarms(client: Client, print: Printer): Promise<ExitCode> {
  const found = await ownedAlarms(client);
  print.result({ alarms: found }, () => describeAlarms(found));
  return EXIT.ok;
}

/** Every alarm of the deployment, by name, each with the model that it is of. */
export async function ownedAlarms(client: Client): Promise<Alarm[]> {
  const models = deployedModels(client.outputs);
  const begin = `leeboard-${client.outputs.environment}-`;
  return (await client.alarms()).map(({ alarm, ...state }) => {
    const name = alarm.slice(begin.length);
    // One model's name may begin with another's.
    const model = models.findLast((owner) => name.startsWith(`${owner}-`)) ?? null;
    const what = model === null ? name : name.slice(model.length + 1);
    const [runbook = null] = /docs\/runbooks\/[a-z-]+\.md/.exec(state.description) ?? [];
    return { name: alarm, model, what, runbook, ...state };
  });
}

function describeAlarms(found: readonly Alarm[]): string {
  if (found.length === 0) return 'No alarms are deployed.';
  const rows = found.map(({ model, what, state, since, reason, runbook }) => ({
    model: model ?? '-',
    alarm: what,
    state: coloured(state),
    'since (UTC)': since === '' ? '-' : instant(since),
    runbook: runbook ?? '-',
    why: plain(reason),
  }));
  const meanings = found.map(
    ({ model, what, description }) =>
      [[model, what].filter((part) => part !== null).join(' '), plain(description)] as const,
  );
  return `${table(rows)}\n\n${list(meanings)}`;
}

function coloured(state: AlarmState['state']): string {
  if (state === 'ALARM') return red(state);
  return state === 'OK' ? green(state) : state;
}
