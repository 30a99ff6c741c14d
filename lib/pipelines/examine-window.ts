import { canonicalJson } from '#core/data/canonical-json.ts';
import { columnDrift } from '#core/drift/column-drift.ts';
import { driftedPsi } from '#core/drift/index.ts';
import { modelDrift } from '#core/drift/model-drift.ts';
import { type DriftReport, driftReport } from '#core/drift/report.ts';
import { ConflictError } from '#core/errors.ts';
import type { WindowRecord } from '#core/monitor/records.ts';
import type { WindowSummary } from '#core/monitor/summary.ts';
import type { DeployedVersion } from '#core/registry/deployment-records.ts';
import type { StoredObject } from '#ports/object-store.ts';
import { contentOf, type PlannedWindow, type PlanPorts, type WindowRequest } from './plan-windows.ts';
import { loadWatched, profileWindow, type Watched } from './profile-window.ts';

export interface ExaminePorts extends PlanPorts {
  /** The report as a page; null when it cannot be drawn. */
  readonly draw: (report: DriftReport) => Promise<string | null>;
}

/** A report, and where it is. */
export interface ExaminedWindow {
  readonly report: DriftReport;
  readonly newest: string | null;
  readonly revision: number;
  /** Whether this run made it: nobody was told of it yet. */
  readonly fresh: boolean;
  readonly reportKey: string;
  readonly pageKey: string | null;
}

/**
 * Finds out what a window shows. On schedule a window whose rows, settings and champion are those of its record is not
 * examined again, and of two runs at once the first one's result is the result.
 * @returns null when nobody was answered in it
 */
export async function examineWindow(
  ports: ExaminePorts,
  run: WindowRequest,
  champion: DeployedVersion,
  window: PlannedWindow,
): Promise<ExaminedWindow | null> {
  const { store, registry, sha256 } = ports;
  const { model, scheduled } = run;
  const { from, to, logSha256 } = window;
  const name = { model, version: champion.version, from, to };
  const stored = scheduled ? await registry.window(name) : undefined;
  if (stored?.logSha256 === logSha256) return recall(ports, run, stored);
  const watched = await loadWatched(store, champion);
  const span = { from: Date.parse(from), to: Date.parse(to) };
  const { summary, objects } = await profileWindow(store, model, watched, span, window.parts);
  const contentSha256 = sha256(contentOf(objects, run, champion));
  if (stored?.contentSha256 === contentSha256) {
    await unlessLate(registry.recordWindow({ ...stored, logSha256 }, stored.revision));
    return recall(ports, run, stored);
  }
  if (summary.rows === 0) return null;
  const revision = (stored?.revision ?? 0) + 1;
  const report = reportOf(run, window, watched, summary);
  const prefix = scheduled
    ? `reports/${model}/windows/${champion.version}/${from}..${to}/${revision}-${contentSha256.slice(0, 12)}`
    : `reports/${model}/drift/${run.asOf}`;
  const keys = await write(ports, report, prefix);
  const examined = { report, newest: summary.newest, revision, fresh: true, ...keys };
  if (!scheduled) return examined;
  const record = { ...recordOf(run, name, examined), contentSha256, logSha256 };
  if (await unlessLate(registry.recordWindow(record, stored?.revision))) return examined;
  return recall(ports, run, (await registry.window(name)) as WindowRecord);
}

/** @returns whether nobody else was first */
async function unlessLate(recording: Promise<void>): Promise<boolean> {
  try {
    await recording;
    return true;
  } catch (error) {
    if (error instanceof ConflictError) return false;
    throw error;
  }
}

/** A result that is known. */
async function recall(
  { store }: Pick<ExaminePorts, 'store'>,
  { runId }: Pick<WindowRequest, 'runId'>,
  record: WindowRecord,
): Promise<ExaminedWindow> {
  const { newest, revision, reportKey, pageKey } = record;
  const report = JSON.parse(new TextDecoder().decode(await store.read(reportKey))) as DriftReport;
  // A run that died after it had recorded the window is tried again: nobody was told.
  return { report, newest, revision, fresh: record.runId === runId, reportKey, pageKey };
}

function reportOf(
  { model, monitor }: WindowRequest,
  { from, to }: PlannedWindow,
  { version, compared, sensitive }: Watched,
  summary: WindowSummary,
): DriftReport {
  const judging = { threshold: monitor.psi, minRows: monitor.minRows };
  const columns = compared.map((baseline, index) =>
    columnDrift(baseline, summary.columns[index] as never, judging),
  );
  const facts = { model, version, from, to, rows: summary.compared, ...judging, sensitive };
  return driftReport(facts, compared, { ...modelDrift(columns), windows: summary.columns });
}

async function write({ store, draw }: ExaminePorts, report: DriftReport, prefix: string) {
  const { key } = await store.write(`${prefix}.json`, canonicalJson(report), 'application/json');
  const page = await draw(report);
  let drawn: StoredObject | null = null;
  if (page !== null) drawn = await store.write(`${prefix}.html`, page, 'text/html; charset=utf-8');
  return { reportKey: key, pageKey: drawn?.key ?? null };
}

function recordOf(
  { runId, asOf }: WindowRequest,
  name: Pick<WindowRecord, 'model' | 'version' | 'from' | 'to'>,
  { report, newest, revision, reportKey, pageKey }: ExaminedWindow,
): Omit<WindowRecord, 'contentSha256' | 'logSha256'> {
  const { rows, minRows, drifted, shifted } = report;
  return {
    ...name,
    revision,
    truthSha256: null,
    runId,
    examinedAt: asOf,
    rows,
    newest,
    alarmPsi: rows >= minRows && report.psi !== null ? driftedPsi(report) : null,
    overall: null,
    drifted,
    shifted,
    predictionPsi: null,
    ndcg: null,
    performance: null,
    estimate: null,
    attention: drifted.length > 0 ? ['drift'] : [],
    reportKey,
    pageKey,
  };
}
