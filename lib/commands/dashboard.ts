import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dashboardName } from '#core/monitor/alarm-names.ts';
import type { Points } from '#core/monitor/dashboard-body.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { OUTPUTS_FILE } from '#lib/client/outputs.ts';
import { dashboardPage } from '#lib/pages/dashboard-page.ts';
import { deployedModels, parseSince, requireKnown } from './arguments.ts';
import { openPage } from './open-page.ts';
import { EXIT, type ExitCode, type Printer } from './printer.ts';
import { list } from './table.ts';

export interface DashboardOptions {
  /** undefined: that of the platform. */
  readonly model?: string;
  /** `10m`, `2h`, or an ISO 8601 instant. @default '3h', as the console has it */
  readonly since?: string;
  /** @default false */
  readonly open?: boolean;
  /** @default .leeboard of the project */
  readonly folder?: string;
  readonly now?: Date;
}

type Client = Pick<LeeboardClient, 'outputs' | 'dashboards' | 'alarms'>;

/** `leeboard dashboard`: the deployed dashboard with its figures, as a page, for who has no console at hand. */
export async function dashboard(
  client: Client,
  { model, since = '3h', open = false, folder = dirname(OUTPUTS_FILE), now = new Date() }: DashboardOptions,
  print: Printer,
): Promise<ExitCode> {
  if (model !== undefined) requireKnown('model', model, deployedModels(client.outputs));
  const name = dashboardName(client.outputs.environment, model);
  const [from, to] = [parseSince(since, now.getTime()), now.getTime()];
  const [widgets, alarms] = await Promise.all([client.dashboards.widgets(name), client.alarms()]);
  const points = new Map(
    await Promise.all(
      widgets.map(async (widget, index) => {
        const lines = widget.type === 'metric' ? widget.lines : [];
        const of: Points = lines.length > 0 ? await client.dashboards.points(lines, { from, to }) : new Map();
        return [index, of] as const;
      }),
    ),
  );
  const states = new Map(alarms.map((alarm) => [alarm.alarm, alarm]));
  const page = join(folder, 'dashboards', `${name}.html`);
  await mkdir(dirname(page), { recursive: true });
  await writeFile(page, await dashboardPage({ name, widgets, from, to, points, alarms: states }));
  const opened = open && (await openPage(page));
  const graphs = widgets.flatMap((widget, index) => {
    if (widget.type !== 'metric') return [];
    const lines = [...(points.get(index)?.values() ?? [])];
    return [{ title: widget.title, points: lines.reduce((sum, line) => sum + line.length, 0) }];
  });
  print.result({ dashboard: name, page, graphs }, () =>
    list([
      ['page', page],
      ...graphs.map((graph) => [graph.title, `${graph.points} points`] as const),
      ...(open && !opened ? [['note', 'nothing here opens pages: open it yourself'] as const] : []),
    ]),
  );
  return EXIT.ok;
}
