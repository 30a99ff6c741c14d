import { UnusableVersionError } from '#core/errors.ts';
import type { Row } from '#core/expression/index.ts';
import type { Rollout } from '#core/registry/deployment-records.ts';
import type { Variant } from '#core/registry/serving-records.ts';
import {
  type LoggedPrediction,
  logRows,
  type Prediction,
  type PredictionAnswer,
} from '#core/serve/answer.ts';
import { type Assignment, assignRows } from '#core/serve/assign-variant.ts';
import { countAnswer } from '#core/serve/count-served.ts';
import { predictionId } from '#core/serve/prediction-id.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { Answerer, PredictionRequest } from '#ports/answerer.ts';
import type { PredictionLog } from '#ports/prediction-log.ts';
import type { Timer } from '#ports/timer.ts';
import type { LoadedVersion } from './bundle-cache.ts';
import type { ServedTally } from './served-tally.ts';
import type { Serving, ServingHolder } from './serving-holder.ts';
import type { UsageMeter } from './usage-meter.ts';

export interface AnswererOptions {
  readonly model: string;
  readonly holder: Pick<ServingHolder, 'deployed' | 'version'>;
  readonly log: PredictionLog;
  readonly tally: Pick<ServedTally, 'add' | 'addError'>;
  readonly usage: Pick<UsageMeter, 'begin'>;
  readonly timer: Timer;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Ten random bytes. */
  readonly random: () => Uint8Array;
}

/** What one version said of some rows of a request. */
interface Scored {
  readonly by: LoadedVersion;
  readonly variant: Variant;
  readonly rows: readonly { readonly index: number; readonly row: Row }[];
  readonly predictions: readonly Prediction[];
  readonly latencyMs: number;
}

/** What a request is answered with, and what is logged of it beside that. */
interface Outcome {
  readonly signature: Signature;
  /** All rows among them. */
  readonly answered: readonly Scored[];
  readonly beside?: Scored;
}

/** Answers with what is deployed, or with the version that is asked for. */
export function answerer(options: AnswererOptions): Answerer {
  const { model, holder, log, usage, now, random } = options;
  return {
    model,
    describe: (version) =>
      version === undefined
        ? holder.deployed(({ champion }) => describe(champion))
        : holder.version(version, describe),
    async answer(parse, { version, requestId }: PredictionRequest = {}) {
      const end = usage.begin();
      try {
        const begin = () => {
          const at = now();
          return { predictionId: predictionId(at, random()), model, at: new Date(at).toISOString() };
        };
        const { request, outcome } =
          version === undefined
            ? await holder.deployed((serving) => {
                const request = begin();
                return { request, outcome: answerDeployed(options, serving, request.predictionId, parse) };
              })
            : await holder.version(version, (loaded) => {
                return { request: begin(), outcome: answerPinned(options, loaded, parse) };
              });
        await log.append(toLog({ ...request, ...(requestId && { requestId }) }, outcome));
        return { answer: toAnswer(request, outcome), signature: outcome.signature };
      } finally {
        end();
      }
    },
  };
}

const describe = ({ version, signature }: LoadedVersion) => ({ version, signature });

function answerPinned(
  { timer }: AnswererOptions,
  loaded: LoadedVersion,
  parse: (signature: Signature) => readonly Row[],
): Outcome {
  const answered = [score(timer, loaded, 'pinned', indexed(parse(loaded.signature)))];
  return { signature: loaded.signature, answered };
}

/** The champion answers what the challenger does not, cannot, or only says beside. */
function answerDeployed(
  options: AnswererOptions,
  { champion, candidate, rollout }: Serving,
  id: string,
  parse: (signature: Signature) => readonly Row[],
): Outcome {
  const { signature } = champion;
  const given = parse(signature);
  const rows = indexed(given);
  if (!rollout) return { signature, answered: [score(options.timer, champion, 'champion', rows)] };
  const { canary, isComparable } = assignRows(rollout, id, given);
  const trial: Trial = { ...options, champion, candidate, rollout, isComparable };
  const byChallenger = canary.size > 0 ? askChallenger(trial, 'canary', canary, parse) : undefined;
  const left = byChallenger ? rows.filter(({ index }) => !canary.has(index)) : rows;
  if (byChallenger && left.length === 0) {
    return { signature: byChallenger.by.signature, answered: [byChallenger] };
  }
  const byChampion = askChampion(trial, left);
  const all = new Set(rows.keys());
  const beside = rollout.stage.kind === 'shadow' ? askChallenger(trial, 'shadow', all, parse) : undefined;
  return {
    signature,
    answered: [byChampion, ...(byChallenger ? [byChallenger] : [])],
    ...(beside && { beside }),
  };
}

/** A request while a challenger is tried. */
interface Trial extends Pick<AnswererOptions, 'tally' | 'timer'>, Pick<Assignment, 'isComparable'> {
  readonly champion: LoadedVersion;
  /** Absent when its bundle did not load. */
  readonly candidate: LoadedVersion | undefined;
  readonly rollout: Rollout;
}

function askChampion(trial: Trial, rows: Scored['rows']): Scored {
  const { tally, timer, champion, rollout } = trial;
  try {
    const scored = score(timer, champion, 'champion', rows);
    count(trial, 'champion', scored);
    return scored;
  } catch (error) {
    tally.addError(stageOf(rollout), 'champion', error);
    throw error;
  }
}

/** @returns undefined when the challenger fails in any way, which is counted and the caller's to hear nothing of */
function askChallenger(
  trial: Trial,
  variant: Variant,
  asked: ReadonlySet<number>,
  parse: (signature: Signature) => readonly Row[],
): Scored | undefined {
  const { tally, timer, candidate, rollout } = trial;
  try {
    if (!candidate) throw new UnusableVersionError('its bundle could not be loaded');
    const rows = indexed(parse(candidate.signature)).filter(({ index }) => asked.has(index));
    const scored = score(timer, candidate, variant, rows);
    if (scored.predictions.length !== asked.size || !scored.predictions.every(isFinitePrediction)) {
      throw new UnusableVersionError('its scores are not one number a row');
    }
    count(trial, 'candidate', scored);
    return scored;
  } catch (error) {
    tally.addError(stageOf(rollout), 'candidate', error);
    return undefined;
  }
}

/** Both by the champion's classes, so that their bins are the same ones. */
function count(
  { tally, champion, rollout, isComparable }: Trial,
  role: 'champion' | 'candidate',
  { predictions, latencyMs }: Scored,
): void {
  const { classes = [] } = champion.signature;
  const { scoreEdges = [] } = rollout;
  const counts = countAnswer(predictions, isComparable ? latencyMs : undefined, classes, scoreEdges);
  tally.add(stageOf(rollout), role, counts);
}

const stageOf = ({ id, stageIndex }: Rollout) => ({ rollout: id, stageIndex });

function score(timer: Timer, by: LoadedVersion, variant: Variant, rows: Scored['rows']): Scored {
  const start = timer.now();
  const predictions = by.score(rows.map(({ row }) => row));
  return { by, variant, rows, predictions, latencyMs: timer.now() - start };
}

const indexed = (rows: readonly Row[]) => rows.map((row, index) => ({ index, row }));

function isFinitePrediction(prediction: Prediction): boolean {
  if ('value' in prediction) return Number.isFinite(prediction.value);
  if ('label' in prediction) return Object.values(prediction.probabilities).every(Number.isFinite);
  return Number.isFinite(prediction.probability) && Number.isFinite(prediction.margin);
}

interface Request {
  readonly predictionId: string;
  readonly model: string;
  readonly at: string;
  readonly requestId?: string;
}

function toAnswer({ predictionId, model }: Request, { answered }: Outcome): PredictionAnswer {
  const { version } = (answered[0] as Scored).by;
  const predictions = inOrder(answered, ({ by, predictions }) =>
    by.version === version
      ? predictions
      : predictions.map((prediction) => ({ ...prediction, version: by.version })),
  );
  return { predictionId, model, version, predictions };
}

/** The answered rows in their order, then what was only said beside. */
function toLog(request: Request, { answered, beside }: Outcome): LoggedPrediction[] {
  const say = ({ by, variant, latencyMs, rows, predictions }: Scored) =>
    logRows(
      by.signature,
      { ...request, version: by.version, variant, latencyMs },
      rows,
      predictions,
      by.redact,
    );
  return [...inOrder(answered, say), ...(beside ? say(beside) : [])];
}

/** What is said of the rows of each part, in the order of the request's rows. */
function inOrder<T>(parts: readonly Scored[], say: (part: Scored) => readonly T[]): T[] {
  const [whole, another] = parts;
  if (whole && !another) return [...say(whole)];
  const found: T[] = [];
  for (const part of parts) {
    const said = say(part);
    part.rows.forEach(({ index }, position) => {
      found[index] = said[position] as T;
    });
  }
  return found;
}
