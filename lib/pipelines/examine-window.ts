import { canonicalJson } from '#core/data/canonical-json.ts';
import { ConflictError } from '#core/errors.ts';
import { constraintViolations } from '#core/monitor/constraint-violations.ts';
import { examineWindow } from '#core/monitor/examine-window.ts';
import type { WindowRecord } from '#core/monitor/records.ts';
import type { WindowReport } from '#core/monitor/report.ts';
import type { WindowSummary } from '#core/monitor/summary.ts';
import { recordedOf } from '#core/monitor/window-figures.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { WindowName } from '#ports/registry.ts';
import { attributeSample, type OpenModel } from './attribute-sample.ts';
import { contentOf, type PlannedWindow, type PlanPorts, type WindowRequest } from './plan-windows.ts';
import { loadWatched, profileWindow, type Watched } from './profile-window.ts';
import { readDocument } from './read-document.ts';

export interface ExaminePorts extends PlanPorts {
  readonly open: OpenModel;
  /** The report as a page, in the time line of its model's windows; null when it cannot be drawn. */
  readonly draw: (report: WindowReport, history: readonly WindowRecord[]) => Promise<string | null>;
}

/** A report, and where it is. */
export interface ExaminedWindow {
  readonly report: WindowReport;
  /** When the newest of its predictions was answered, ISO 8601, UTC. */
  readonly newest: string | null;
  /** Whether this run made it: nobody was told of it yet. */
  readonly fresh: boolean;
  readonly reportKey: string;
  readonly pageKey: string | null;
}

/** Windows that a page's time line shows. */
const HISTORY = 200;

/**
 * Finds out what a window shows. On schedule a window whose rows, settings and version are those of its record is not
 * examined again, and of two runs at once the first one's result is the result.
 * @returns null when nobody was answered in it
 */
export async function examineLoggedWindow(
  ports: ExaminePorts,
  run: WindowRequest,
  window: PlannedWindow,
): Promise<ExaminedWindow | null> {
  const { store, registry, sha256 } = ports;
  const { from, to, version, logSha256 } = window;
  const name = { model: run.model, version: version.version, from, to };
  const stored = run.scheduled ? await registry.window(name) : undefined;
  if (stored?.logSha256 === logSha256) return recall(store, run, stored);
  const watched = await loadWatched(store, version);
  const span = { from: Date.parse(from), to: Date.parse(to) };
  const { summary, objects } = await profileWindow(ports, run, watched, span, window.parts);
  const contentSha256 = sha256(contentOf(objects, run, version));
  if (stored?.contentSha256 === contentSha256) {
    await unlessLate(registry.recordWindow({ ...stored, logSha256 }, stored.revision));
    return recall(store, run, stored);
  }
  if (summary.rows === 0) return null;
  const report = await reportOf(ports, run, {
    name,
    revision: (stored?.revision ?? 0) + 1,
    watched,
    summary,
  });
  const prefix = run.scheduled
    ? windowPrefix(report, contentSha256)
    : `reports/${run.model}/drift/${run.asOf}`;
  const keys = await writeReport(ports, report, prefix);
  const examined = { report, newest: summary.newest, fresh: true, ...keys };
  if (!run.scheduled) return examined;
  const record: WindowRecord = {
    ...name,
    revision: report.revision,
    contentSha256,
    logSha256,
    truthSha256: null,
    runId: run.runId,
    examinedAt: run.asOf,
    newest: summary.newest,
    ...recordedOf(report),
    ...keys,
  };
  if (await unlessLate(registry.recordWindow(record, stored?.revision))) return examined;
  return recall(store, run, (await registry.window(name)) as WindowRecord);
}

/**
 * Where a revision of a window's report is. What it is of is part of its name: two runs at once that read other rows
 * leave two reports, and the record names the one that counts.
 */
export function windowPrefix(
  {
    model,
    version,
    from,
    to,
    revision,
  }: Pick<WindowReport, 'model' | 'version' | 'from' | 'to' | 'revision'>,
  contentSha256: string,
): string {
  return `reports/${model}/windows/${version}/${from}..${to}/${revision}-${contentSha256.slice(0, 12)}`;
}

/** Leaves a report, its page, and what it found in Model Monitor's shape. */
export async function writeReport(
  { store, registry, draw }: Pick<ExaminePorts, 'store' | 'registry' | 'draw'>,
  report: WindowReport,
  prefix: string,
): Promise<Pick<ExaminedWindow, 'reportKey' | 'pageKey'>> {
  const json = (key: string, value: unknown) => store.write(key, canonicalJson(value), 'application/json');
  const { key: reportKey } = await json(`${prefix}.json`, report);
  await json(`${prefix}/constraint_violations.json`, constraintViolations(report));
  const page = await draw(report, await registry.windows(report.model, { limit: HISTORY }));
  if (page === null) return { reportKey, pageKey: null };
  const { key: pageKey } = await store.write(`${prefix}.html`, page, 'text/html; charset=utf-8');
  return { reportKey, pageKey };
}

/** A recorded report. */
export function readReport(store: ObjectStore, { reportKey }: WindowRecord): Promise<WindowReport> {
  return readDocument<WindowReport>(store, reportKey);
}

/** @returns whether nobody else was first */
export async function unlessLate(recording: Promise<void>): Promise<boolean> {
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
  store: ObjectStore,
  { runId }: Pick<WindowRequest, 'runId'>,
  record: WindowRecord,
): Promise<ExaminedWindow> {
  const { newest, reportKey, pageKey } = record;
  // A run that died after it had recorded the window is tried again: nobody was told.
  const fresh = record.runId === runId;
  return { report: await readReport(store, record), newest, fresh, reportKey, pageKey };
}

interface Found {
  readonly name: WindowName;
  readonly revision: number;
  readonly watched: Watched;
  readonly summary: WindowSummary;
}

async function reportOf(
  { store, registry, open }: ExaminePorts,
  { spec, scheduled, asOf }: WindowRequest,
  { name, revision, watched, summary }: Found,
): Promise<WindowReport> {
  const before = scheduled ? await registry.window(windowBefore(name)) : undefined;
  const { compared, sensitive, signature, evaluation } = watched;
  return examineWindow({
    spec,
    version: name.version,
    from: name.from,
    to: name.to,
    asOf,
    revision,
    summary,
    compared,
    sensitive,
    signature,
    evaluation,
    previous: before ? await readReport(store, before) : null,
    contributions: await attributeSample(store, open, watched, summary),
  });
}

/** Of the grid. */
function windowBefore({ from, to, ...of }: WindowName): WindowName {
  const start = Date.parse(from);
  return { ...of, from: new Date(2 * start - Date.parse(to)).toISOString(), to: from };
}
