import { canonicalJson } from '../data/canonical-json.ts';
import { BinMismatchError } from '../drift/errors.ts';
import { type ColumnProfile, mergeProfiles, profileCounter } from '../drift/index.ts';
import { binNumber } from '../drift/profile.ts';
import type { Row, Value } from '../expression/index.ts';
import { LATENCY_BOUNDS } from '../registry/serving-records.ts';
import { isShadow, type LoggedPrediction, type Prediction } from '../serve/answer.ts';
import type { InputColumn } from '../serve/signature.ts';
import { type AnswerCounts, answerCounter, mergeAnswers } from './answer-counts.ts';
import { type ColumnQuality, mergeQuality, qualityCounter } from './column-quality.ts';
import { type GroupCounts, type GroupReading, groupCounter, mergeGroups } from './group-counts.ts';

export type { ColumnQuality } from './column-quality.ts';

/** Rows of `WindowSummary.sample`, at most. */
export const SAMPLE_ROWS = 1000;

/**
 * What a window, or a part of one, comes to. Plain JSON. Summaries of parts that share no row merge into the one of the
 * whole, to the last bit and in any order: every field is a count, an exact sum, or the rows of smallest hash.
 */
export interface WindowSummary {
  /** Answered rows, each id once; shadows' are not counted. */
  readonly rows: number;
  /** Version -> rows that it answered, ascending. */
  readonly versions: Readonly<Record<string, number>>;
  /** When the newest was answered, ISO 8601, UTC; null without rows. */
  readonly newest: string | null;
  /** Rows whose inputs have every compared column: what `columns` and `quality` are about. */
  readonly compared: number;
  /** Over the baseline's bins, in the baseline's order. */
  readonly columns: readonly ColumnProfile[];
  /** Of what the champion answered, over the reference's bins; undefined where there is no reference. */
  readonly scores?: ColumnProfile;
  /** Of what the watched version answered, without truth; null where that are numbers, or nothing. */
  readonly answers: AnswerCounts | null;
  /** Of the rows that the watched version answered, in the reading's order. */
  readonly groups: readonly GroupCounts[];
  /** Compared columns whose values break what the dataset declares, in the baseline's order. */
  readonly quality: readonly ColumnQuality[];
  /**
   * Requests by milliseconds of scoring, in the buckets of LATENCY_BOUNDS. A request's rows share one latency and may be
   * in different parts, so its first row counts it: by the version that answered that row.
   */
  readonly latency: readonly number[];
  /** The SAMPLE_ROWS rows answered by the watched version whose id has the smallest hash, by hash: the same whatever the parts. */
  readonly sample: readonly SampledRow[];
}

export interface SampledRow {
  /** First 52 bits of the id's SHA-256, or any hash that is the same everywhere. */
  readonly hash: number;
  readonly inputs: Row;
  readonly prediction: Prediction;
}

/** How a window is read. */
export interface SummaryReading {
  /** The watched one. */
  readonly version: number;
  /** Its baseline's columns that the log can be compared with, see `comparable`. */
  readonly compared: readonly ColumnProfile[];
  /** What its signature declares of them. */
  readonly columns: readonly InputColumn[];
  /** Its reference's, see `MonitoringReference`. */
  readonly scores?: ColumnProfile | undefined;
  /** From which probability it predicts positive; null: 0.5. */
  readonly threshold: number | null;
  /** See `groupReadings`. */
  readonly groups: readonly GroupReading[];
  /** Of an id, a number of at least 0. */
  readonly hash: (id: string) => number;
}

/**
 * What logged predictions come to. Each id counts once; what a shadow said beside an answer is none.
 * @param predictions read once; of each, only a bounded sample is kept, and its id
 */
export function summarise(
  predictions: Iterable<LoggedPrediction>,
  { version: watched, compared, columns, scores, threshold, groups, hash }: SummaryReading,
): WindowSummary {
  const ids = new Set<string>();
  const versions: Record<string, number> = {};
  let newest: string | null = null;
  const inputs = compared.map((profile) => ({
    profile: profileCounter(profile),
    quality: qualityCounter(profile.column, columns),
  }));
  let comparable = 0;
  const scored = scores && profileCounter(scores);
  const answers = answerCounter(threshold);
  const counted = groups.map((group) => groupCounter(group, columns));
  const latency = new Array<number>(LATENCY_BOUNDS.length + 1).fill(0);
  let sample: SampledRow[] = [];
  for (const row of predictions) {
    if (isShadow(row) || ids.has(row.id)) continue;
    ids.add(row.id);
    versions[row.version] = (versions[row.version] ?? 0) + 1;
    if (newest === null || row.at > newest) newest = row.at;
    if (row.id.endsWith('#0')) (latency[binNumber(LATENCY_BOUNDS, row.latencyMs)] as number)++;
    if (compared.every(({ column }) => Object.hasOwn(row.inputs, column))) {
      comparable++;
      for (const { profile, quality } of inputs) {
        const value = row.inputs[quality.column];
        profile.add(value);
        quality.add(value);
      }
    }
    if (row.version !== watched) continue;
    const prediction = predictionOf(row);
    scored?.add(answerOf(prediction));
    answers.add(prediction);
    for (const group of counted) group.add(row.inputs, prediction);
    sample.push({ hash: hash(row.id), inputs: row.inputs, prediction });
    if (sample.length >= 2 * SAMPLE_ROWS) sample = smallest(sample);
  }
  return {
    rows: ids.size,
    versions,
    newest,
    compared: comparable,
    columns: inputs.map(({ profile }) => profile.profile()),
    ...(scored && { scores: scored.profile() }),
    answers: answers.counts(),
    groups: counted.map((group) => group.counts()),
    quality: inputs.flatMap(({ quality }) => quality.found()),
    latency,
    sample: smallest(sample),
  };
}

/**
 * The summary of two parts' rows together.
 * @param a of other ids than `b`, read in the same way; of no rows, `summarise([], reading)`
 * @throws BinMismatchError when they were not read against the same baseline, or by other groups
 */
export function mergeSummaries(a: WindowSummary, b: WindowSummary): WindowSummary {
  const versions: Record<string, number> = { ...a.versions };
  for (const [version, rows] of Object.entries(b.versions))
    versions[version] = (versions[version] ?? 0) + rows;
  const columns = mergeAll(a.columns, b.columns);
  return {
    rows: a.rows + b.rows,
    versions,
    newest: (a.newest ?? '') > (b.newest ?? '') ? a.newest : b.newest,
    compared: a.compared + b.compared,
    columns,
    ...(a.scores && b.scores && { scores: mergeProfiles(a.scores, b.scores) }),
    answers: mergeAnswers(a.answers, b.answers),
    groups: mergeGroups(a.groups, b.groups),
    quality: mergeQuality(
      columns.map(({ column }) => column),
      [...a.quality, ...b.quality],
    ),
    latency: a.latency.map((requests, bucket) => requests + (b.latency[bucket] as number)),
    sample: smallest([...a.sample, ...b.sample]),
  };
}

function mergeAll(a: readonly ColumnProfile[], b: readonly ColumnProfile[]): ColumnProfile[] {
  if (a.length !== b.length) {
    throw new BinMismatchError('the other part', `${a.length} columns`, `${b.length} columns`);
  }
  return a.map((profile, index) => mergeProfiles(profile, b[index] as ColumnProfile));
}

/** The rows of smallest hash. Of equal hashes, what the rows say decides: not which part was first. */
function smallest(rows: readonly SampledRow[]): SampledRow[] {
  return [...rows]
    .sort((a, b) => a.hash - b.hash || (canonicalJson(a) < canonicalJson(b) ? -1 : 1))
    .slice(0, SAMPLE_ROWS);
}

/** A row's prediction, without what else the log says of the row. */
function predictionOf(row: LoggedPrediction): Prediction {
  if ('probability' in row) {
    const { probability, margin, positive } = row;
    return { probability, margin, positive };
  }
  if ('label' in row) return { label: row.label, probabilities: row.probabilities };
  return { value: row.value };
}

/** What is said of a prediction as one number or level. */
function answerOf(prediction: Prediction): Value {
  if ('probability' in prediction) return prediction.probability;
  return 'label' in prediction ? prediction.label : prediction.value;
}
