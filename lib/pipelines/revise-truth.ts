import { canonicalJson } from '#core/data/canonical-json.ts';
import { binNumber } from '#core/drift/profile.ts';
import { withTruth } from '#core/monitor/examine-window.ts';
import type { WindowRecord } from '#core/monitor/records.ts';
import type { WindowReport } from '#core/monitor/report.ts';
import { recordedOf } from '#core/monitor/window-figures.ts';
import { windowTruth } from '#core/monitor/window-truth.ts';
import { MOST_WINDOWS } from '#core/monitor/windows.ts';
import type { Outcome } from '#core/serve/join-truth.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { type ExaminePorts, readReport, unlessLate, windowPrefix, writeReport } from './examine-window.ts';
import { loadWatched, type Watched } from './profile-window.ts';

export interface TruthRun {
  readonly model: string;
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly asOf: string;
  readonly spec: ModelSpec;
}

/** Recorded windows that are looked through: as many as 30 days have, of an hour or longer. */
const LOOKED_THROUGH = 1000;

/**
 * Sets what is known since of recorded windows, where that changed: a new revision of report, page and record. Of those
 * that changed the newest 24; the others are left to the next run.
 * @param from windows from here on are whole in `outcomes`, epoch milliseconds
 * @returns the report of the champion's newest window with truth of `monitor.minRows` rows; where there is none yet, of its
 * newest with any
 */
export async function reviseTruth(
  ports: Omit<ExaminePorts, 'open'>,
  run: TruthRun,
  { outcomes, from }: { readonly outcomes: readonly Outcome[]; readonly from: number },
): Promise<WindowReport | null> {
  const { store, registry, sha256 } = ports;
  const byTime = inOrder(outcomes);
  const watching = new Map<number, Promise<Watched | null>>();
  let newest: WindowReport | null = null;
  let revised = 0;
  const { minRows } = run.spec.monitor;
  const champion = (await registry.deployment(run.model))?.champion?.version;
  // What comes early is of few rows, and a window before may be judged by now. How a version did that was replaced is over.
  const isNewest = (version: number, rows: number) =>
    version === champion && (newest === null || ((newest.truth?.rows ?? 0) < minRows && rows >= minRows));
  for (const record of await registry.windows(run.model, { limit: LOOKED_THROUGH })) {
    const told = record.from < new Date(from).toISOString() ? [] : outcomesOf(record, byTime);
    if (told.length === 0 && record.truthSha256 === null) continue;
    const truthSha256 = told.length === 0 ? record.truthSha256 : sha256(contentOf(told));
    const isChanged = truthSha256 !== record.truthSha256 && revised < MOST_WINDOWS;
    if (!isChanged && !isNewest(record.version, record.performance?.rows ?? 0)) continue;
    let report = await readReport(store, record);
    if (truthSha256 !== null && isChanged) {
      const { version } = record;
      const loading = watching.get(version) ?? loadVersion(ports, run.model, version);
      watching.set(version, loading);
      const watched = await loading;
      report = await revise(ports, run, { record, report, outcomes: told, truthSha256, watched });
      revised++;
    }
    if (report.truth !== null && isNewest(report.version, report.truth.rows)) newest = report;
  }
  return newest;
}

interface OutcomesInOrder {
  readonly outcomes: readonly Outcome[];
  /** When each was predicted, epoch milliseconds, rising. */
  readonly instants: readonly number[];
}

/** Sorted once: every one of many windows looks up its own. */
function inOrder(outcomes: readonly Outcome[]): OutcomesInOrder {
  const timed = outcomes
    .map((outcome) => ({ outcome, instant: Date.parse(outcome.prediction.at) }))
    .sort((a, b) => a.instant - b.instant);
  return {
    outcomes: timed.map(({ outcome }) => outcome),
    instants: timed.map(({ instant }) => instant),
  };
}

/** Of the window and its version, the oldest id first. */
function outcomesOf({ version, from, to }: WindowRecord, { outcomes, instants }: OutcomesInOrder): Outcome[] {
  const [first, end] = [from, to].map((border) => binNumber(instants, Date.parse(border)));
  return outcomes
    .slice(first, end)
    .filter(({ prediction }) => prediction.version === version)
    .sort((a, b) => (a.prediction.id < b.prediction.id ? -1 : 1));
}

/** What the truth of a window is of, as one text. */
const contentOf = (outcomes: readonly Outcome[]): string =>
  canonicalJson(outcomes.map(({ prediction: { id }, actual }) => [id, actual]));

async function loadVersion(
  { store, registry }: Pick<ExaminePorts, 'store' | 'registry'>,
  model: string,
  version: number,
): Promise<Watched | null> {
  const manifest = (await registry.modelVersion(model, version))?.manifest;
  return manifest ? loadWatched(store, { version, manifest }) : null;
}

interface Revised {
  readonly record: WindowRecord;
  readonly report: WindowReport;
  readonly outcomes: readonly Outcome[];
  readonly truthSha256: string;
  readonly watched: Watched | null;
}

/** @returns the new revision; the one before where another run was first, or nothing can be said */
async function revise(
  ports: Omit<ExaminePorts, 'open'>,
  { spec, runId, asOf }: TruthRun,
  { record, report, outcomes, truthSha256, watched }: Revised,
): Promise<WindowReport> {
  if (watched === null) return report;
  const { version, signature, evaluation } = watched;
  const truth = windowTruth({ outcomes, asOf, version, spec, signature, evaluation });
  const next = withTruth({ ...report, revision: record.revision + 1, asOf }, truth);
  const keys = await writeReport(ports, next, windowPrefix(next, truthSha256));
  const { revision } = next;
  const recorded = {
    ...record,
    ...recordedOf(next),
    ...keys,
    revision,
    truthSha256,
    runId,
    examinedAt: asOf,
  };
  return (await unlessLate(ports.registry.recordWindow(recorded, record.revision))) ? next : report;
}
