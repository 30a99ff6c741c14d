import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { NotFoundError } from '#core/errors.ts';
import type { DashboardWidget } from '#core/monitor/dashboard-body.ts';
import { type DashboardOptions, dashboard } from '#lib/commands/dashboard.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

const NOW = new Date('2026-01-01T12:00:00Z');
const place = { x: 0, y: 0, width: 24, height: 6 };
const line = { id: 'a', label: 'largest', period: 60, axis: 'left', visible: true } as const;
const metric = { namespace: 'Leeboard', name: 'DriftPsi', dimensions: {}, statistic: 'Maximum' };
const widgets: DashboardWidget[] = [
  { ...place, type: 'text', markdown: '# late' },
  { ...place, y: 6, type: 'metric', title: 'Drift', lines: [{ ...line, metric }], limits: [] },
];

let folder: string;
let asked: unknown[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leeboard-dashboard-'));
  asked = [];
});

async function show(options: DashboardOptions) {
  const { print, document } = captured({ json: true });
  const client = {
    outputs,
    alarms: async () => [],
    dashboards: {
      widgets: async (name: string) => {
        asked.push(name);
        return widgets;
      },
      points: async (_lines: unknown, span: object) => {
        asked.push(span);
        return new Map([['a', [[NOW.getTime() - 60_000, 0.31]]]]);
      },
    },
  };
  expect(await dashboard(client as never, { folder, now: NOW, ...options }, print)).toBe(0);
  return document<{ page: string }>();
}

it('leaves a model’s dashboard of the last three hours as a page, and says what it has', async () => {
  const found = await show({ model: 'late' });
  expect(found).toEqual({
    dashboard: 'leeboard-local-late',
    page: join(folder, 'dashboards', 'leeboard-local-late.html'),
    graphs: [{ title: 'Drift', points: 1 }],
  });
  expect(asked).toEqual(['leeboard-local-late', { from: NOW.getTime() - 3 * 3_600_000, to: NOW.getTime() }]);
  const page = await readFile(found.page, 'utf8');
  expect(page).toContain('<h1>late</h1>');
  expect(page).toContain('0.31');
});

it('without a model it is the platform’s, since when it is asked for', async () => {
  await show({ since: '10m' });
  expect(asked).toEqual(['leeboard-local', { from: NOW.getTime() - 600_000, to: NOW.getTime() }]);
});

it('a model that is not deployed is refused', async () => {
  await expect(show({ model: 'early' })).rejects.toThrow(NotFoundError);
});
