import type { ToldTruth } from '../api/truth.ts';
import { showValue } from '../errors.ts';
import type { Value } from '../expression/index.ts';
import { durationSeconds } from '../spec/duration.ts';
import type { ModelSpec } from '../spec/model.ts';
import type { Task } from '../spec/task.ts';
import { keyIdentity } from './join-truth.ts';
import { acceptValue, expectation } from './parse-rows.ts';
import { instantOfPrediction } from './prediction-id.ts';
import type { InputColumn } from './signature.ts';
import { keyColumns } from './signature-of.ts';
import type { Truth } from './truth.ts';
import type { TruthColumns } from './truth-csv.ts';

/** What a model's truths must be. */
export interface TruthRules {
  readonly task: Task;
  /** Of a multiclass model; none before it has a champion. */
  readonly classes: readonly string[];
  /** The dataset's key and time columns; none when rows have no key, so that truth comes by id alone. */
  readonly key: readonly InputColumn[];
  /** How long after a prediction its truth is taken. */
  readonly within: string;
}

/** What a truth says, without when and from where it came. */
export type StatedTruth = Pick<Truth, 'of' | 'actual'>;

/** Something wrong with a truth; `path` from the truth itself. */
export interface TruthProblem {
  readonly path: readonly string[];
  readonly expected: string;
  readonly got: string;
}

/** `again`: an earlier one of the same arrival says the same. */
export type CheckedTruth = { readonly truth: StatedTruth; readonly again: boolean } | readonly TruthProblem[];

/** Clocks of machines differ by so much at most. */
const CLOCK_SKEW_MS = 60_000;
const ID = /^([0-9a-f-]{36})#(0|[1-9]\d{0,2})$/;

/** @param classes of a multiclass model's champion */
export function truthRules(model: ModelSpec, classes: readonly string[] = []): TruthRules {
  return {
    task: model.task,
    classes,
    key: model.from.key.length > 0 ? keyColumns(model) : [],
    within: model.truth.within,
  };
}

/** What a CSV file of a model's truths may hold. */
export function truthColumns({ task, key }: TruthRules): TruthColumns {
  return { task, key: Object.fromEntries(key.map(({ name, column }) => [name, column.type])) };
}

/**
 * Checks the truths of one arrival, one after another: each by itself, and that no two contradict each other.
 * @param now when they arrived, epoch milliseconds
 * @returns a function of a truth and of how a message names it, such as `truths[3]`
 */
export function truthChecker(
  rules: TruthRules,
  now: number,
): (told: ToldTruth, name: string) => CheckedTruth {
  const earlier = new Map<string, { readonly name: string; readonly actual: Truth['actual'] }>();
  return (told, name) => {
    const problems: TruthProblem[] = [];
    const of = told.key ? checkKey(rules, told.key, problems) : checkId(rules, told, now, problems);
    if (!fits(rules, told.actual)) problems.push(problem(['actual'], expectedActual(rules), told.actual));
    if (problems.length > 0) return problems;
    const identity = 'id' in of ? of.id : keyIdentity(of.key);
    const before = earlier.get(identity);
    if (before && before.actual !== told.actual) {
      const expected = `what ${before.name} says of the same prediction`;
      return [problem(['actual'], expected, told.actual)];
    }
    if (!before) earlier.set(identity, { name, actual: told.actual });
    return { truth: { of, actual: told.actual }, again: before !== undefined };
  };
}

function checkId(
  { within }: TruthRules,
  { id, predictionId = '', row = 0 }: ToldTruth,
  now: number,
  problems: TruthProblem[],
): Truth['of'] {
  const path = id === undefined ? ['predictionId'] : ['id'];
  const [, request = predictionId] = ID.exec(id ?? '') ?? [];
  const instant = instantOfPrediction(request);
  const refuse = (expected: string) => problems.push(problem(path, expected, id ?? predictionId));
  if (instant === undefined) {
    refuse(`a prediction's id${id === undefined ? '' : ' and its row, <prediction id>#<row>'}`);
  } else if (instant > now + CLOCK_SKEW_MS) {
    refuse('the id of a prediction that was made already');
  } else if (now - instant > durationSeconds(within) * 1000) {
    refuse(`a prediction of at most ${within} ago: later its truth is not taken`);
  }
  return { id: id ?? `${predictionId}#${row}` };
}

function checkKey(
  { key: columns }: TruthRules,
  told: Readonly<Record<string, unknown>>,
  problems: TruthProblem[],
): Truth['of'] {
  if (columns.length === 0) {
    problems.push(problem(['key'], 'an id: the rows of the dataset have no key', told));
    return { key: {} };
  }
  const names = columns.map(({ name }) => name);
  for (const name of Object.keys(told)) {
    if (!names.includes(name))
      problems.push(problem(['key', name], `a column of the key: ${names.join(', ')}`, told[name]));
  }
  const key: Record<string, Value> = {};
  for (const column of columns) {
    const given = Object.hasOwn(told, column.name) ? told[column.name] : undefined;
    const value = acceptValue(column, given);
    if (column.column.sensitive === 'omit') {
      problems.push(problem(['key', column.name], 'an id: the log does not keep this column', given));
    } else if (value === undefined) {
      problems.push(problem(['key', column.name], expectation(column), given));
    } else key[column.name] = value;
  }
  return { key };
}

function fits({ task, classes }: TruthRules, actual: unknown): boolean {
  if (task === 'binary') return typeof actual === 'boolean';
  if (task === 'regression') return typeof actual === 'number' && Number.isFinite(actual);
  return typeof actual === 'string' && classes.includes(actual);
}

function expectedActual({ task, classes }: TruthRules): string {
  if (task === 'binary') return 'true or false';
  if (task === 'regression') return 'a number';
  if (classes.length === 0) return 'a class of the champion, which there is not yet';
  return `one of ${classes.map(showValue).join(', ')}`;
}

function problem(path: readonly string[], expected: string, value: unknown): TruthProblem {
  return { path, expected, got: value === undefined ? 'nothing' : showValue(value) };
}
