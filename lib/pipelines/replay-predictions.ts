import { NotFoundError } from '#core/errors.ts';
import { compareAnswers, isChanged } from '#core/replay/compare-answers.ts';
import { compareOnTruth } from '#core/replay/compare-on-truth.ts';
import { MAX_REPLAY_ROWS, type ReplayRequest } from '#core/replay/replay-request.ts';
import type { AnswerChange, ReplayReport, TruthComparison } from '#core/replay/report.ts';
import { replayVerdict } from '#core/replay/verdict.ts';
import type { LoggedPrediction, Prediction } from '#core/serve/answer.ts';
import { truthJoin } from '#core/serve/join-truth.ts';
import { durationSeconds } from '#core/spec/duration.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Task } from '#core/spec/task.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import { judgeOf } from './compare-versions.ts';
import { type Bundle, loadBundle, readJson } from './load-bundle.ts';
import { readPredictions } from './read-predictions.ts';
import { readTruths } from './read-truths.ts';
import { type Hidden, hiddenColumns, manifestOf, type ReplayPorts, scoreLogged } from './score-logged.ts';
import type { TrainingRecord } from './train-version.ts';

/**
 * Scores logged traffic with a version and compares its answers with those that were given, and with the champion's of
 * today. Reads the log as far as it was delivered.
 * @param request `asOf`: truth that came before is taken, ISO 8601, UTC
 * @throws NotFoundError when there is no such version, or nothing was logged in the window
 * @throws InvalidInputError when more was logged than is replayed at once
 * @throws IntegrityError when a bundle's bytes are not those recorded
 */
export async function replayPredictions(
  ports: ReplayPorts,
  request: ReplayRequest & { readonly replayId: string; readonly asOf: string },
): Promise<ReplayReport> {
  const { replayId, model, version, from, to, by, reason, asOf } = request;
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const logged = await readPredictions(ports.store, model, start, end, MAX_REPLAY_ROWS);
  // What a shadow said nobody was told.
  const answers = logged.filter(({ variant }) => variant !== 'shadow');
  if (answers.length === 0) {
    throw new NotFoundError(
      `no prediction of ${model} was logged from ${from} to ${to}; the log has them a minute or two after their answer`,
    );
  }
  const hidden = await hiddenColumns(ports, model, answers);
  const bundle = await loadBundle(ports.store, await manifestOf(ports, model, version));
  const candidate = scoreLogged(ports, bundle, answers, hidden);
  const pairs = pairUp(answers, candidate.answers);
  const report = {
    format: 1 as const,
    replayId,
    model,
    version,
    from,
    to,
    by,
    reason,
    rows: answers.length,
    scored: pairs.length,
    refused: candidate.refused,
    unread: candidate.unread,
    answered: byVersion(answers, candidate.answers),
    change: changeOf(bundle.signature.task, pairs),
    champion: await compareChampion(ports, request, answers, hidden, candidate.answers),
    truth: await compareWithTruth(ports.store, bundle, answers, candidate.answers, {
      from: start,
      asOf: Date.parse(asOf),
    }),
  };
  return { ...report, verdict: replayVerdict(report) };
}

interface Pair {
  readonly before: Prediction;
  readonly after: Prediction;
}

/** The champion of today on the rows that both can score; null when there is none, or it is the version itself. */
async function compareChampion(
  ports: ReplayPorts,
  { model, version }: ReplayRequest,
  logged: readonly LoggedPrediction[],
  hidden: Hidden,
  after: readonly (Prediction | null)[],
): Promise<ReplayReport['champion']> {
  const champion = (await ports.registry.deployment(model))?.champion;
  if (!champion || champion.version === version) return null;
  const bundle = await loadBundle(ports.store, champion.manifest);
  const { answers } = scoreLogged(ports, bundle, logged, hidden);
  const change = changeOf(bundle.signature.task, pairUp(answers, after));
  return change && { version: champion.version, change };
}

/** Who was nearer to what happened, on the rows whose truth is in; null when none is. */
async function compareWithTruth(
  store: ObjectStore,
  { manifest, signature, decision }: Bundle,
  logged: readonly LoggedPrediction[],
  after: readonly (Prediction | null)[],
  { from, asOf }: { readonly from: number; readonly asOf: number },
): Promise<TruthComparison | null> {
  const [spec, { algorithm }] = await Promise.all([
    readJson<ModelSpec>(store, manifest.files['spec.json']),
    readJson<TrainingRecord>(store, manifest.files['training.json']),
  ]);
  const join = truthJoin(logged, durationSeconds(spec.truth.within));
  for await (const truth of readTruths(store, manifest.model, { from, to: asOf })) join.add(truth);
  const { outcomes } = join.result();
  if (outcomes.length === 0) return null;
  const rows = new Map(logged.map((answer, row) => [answer, row]));
  const judged = outcomes.flatMap(({ prediction, actual }) => {
    const other = after[rows.get(prediction) as number];
    return other ? [{ before: prediction, after: other, actual }] : [];
  });
  const { metric, options } = judgeOf(spec, algorithm, signature, decision);
  const { quantile, tweediePower } = options;
  return compareOnTruth(signature.task, judged, { metric, quantile, tweediePower });
}

function pairUp(
  before: readonly (Prediction | null)[],
  after: readonly (Prediction | null)[],
): readonly Pair[] {
  return before.flatMap((answer, row) => {
    const other = after[row];
    return answer && other ? [{ before: answer, after: other }] : [];
  });
}

function changeOf(task: Task, pairs: readonly Pair[]): AnswerChange | null {
  if (pairs.length === 0) return null;
  return compareAnswers(
    task,
    pairs.map(({ before }) => before),
    pairs.map(({ after }) => after),
  );
}

function byVersion(
  logged: readonly LoggedPrediction[],
  after: readonly (Prediction | null)[],
): ReplayReport['answered'] {
  const versions = [...new Set(logged.map(({ version }) => version))].sort((a, b) => a - b);
  return versions.map((version) => {
    const rows = logged.flatMap((answer, row) => (answer.version === version ? [{ answer, row }] : []));
    const changed = rows.filter(({ answer, row }) => {
      const other = after[row];
      return other && isChanged(answer, other);
    });
    return { version, rows: rows.length, changed: changed.length };
  });
}
