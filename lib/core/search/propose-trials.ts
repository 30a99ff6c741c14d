import { type Random, seededRandom } from '../random/seeded-random.ts';
import { parzen } from './parzen.ts';
import { type Scale, scaleOf } from './scale.ts';
import type { ParameterSpace, ParameterValue, SearchSpace, Setting } from './space.ts';
import { type SplitTrials, splitTrials } from './split-trials.ts';
import type { Direction, Trial, TrialResult } from './trial.ts';

export interface ProposalRequest {
  readonly space: SearchSpace;
  readonly sampler: 'random' | 'tpe';
  readonly direction: Direction;
  readonly seed: number;
  /** Trials of the batch. */
  readonly count: number;
  /** Results of the finished batches, in any order. */
  readonly history: readonly TrialResult[];
  /** Settings tried before any is drawn: the spec's own, so that the search never loses to it unseen. */
  readonly first: readonly Setting[];
}

/** Values drawn from the good trials' density, of which the most promising is taken. */
const CANDIDATE_VALUES = 24;

/**
 * The next trials, numbered on from the history's. Pure: same space, seed and results, same trials.
 *
 * `random`: each parameter on its own, even over its scale (Bergstra and Bengio, JMLR 13, 2012).
 *
 * `tpe`: the tree-structured Parzen estimator of Bergstra, Bardenet, Bengio and Kegl (NeurIPS 2011), with
 * the defaults of Optuna 4.9's TPESampler: the first 10 finished trials are random; then the best
 * min(ceil(0.1 n), 25) of n trials are the good ones; each parameter on its own is drawn 24 times from the
 * density of its values in good trials, and the value with the greatest ratio to the density in all other
 * trials is taken. The candidate algorithm is drawn first, as a choice; its parameters by its own trials alone.
 * Pruned trials rank behind completed ones, by how far they came, then by their last value; failed trials tell
 * nothing. Trials of the batch that is being made count as bad ones, so that a batch does not try one
 * place many times (constant liar: Ginsbourger, Le Riche and Carraro, 2010).
 */
export function proposeTrials(request: ProposalRequest): Trial[] {
  const history = [...request.history].sort((a, b) => a.number - b.number);
  const start = (history.at(-1)?.number ?? -1) + 1;
  const batch: Trial[] = [];
  for (let number = start; number < start + request.count; number++) {
    const setting = request.first[number] ?? drawSetting(request, number, history, batch);
    batch.push({ number, candidate: setting.candidate, parameters: setting.parameters });
  }
  return batch;
}

function drawSetting(
  request: ProposalRequest,
  number: number,
  history: readonly TrialResult[],
  batch: readonly Trial[],
): Setting {
  const trials = request.sampler === 'tpe' ? splitTrials(history, batch, request.direction) : undefined;
  const draw = (name: string, space: ParameterSpace, read: (trial: Trial) => ParameterValue | undefined) =>
    drawValue(scaleOf(space), seededRandom(`${request.seed} trial ${number} ${name}`), trials, read);

  const candidates = Object.keys(request.space.candidates).sort();
  const options: ParameterSpace = { kind: 'choice', options: candidates };
  const candidate = draw('candidate', options, (trial) => trial.candidate) as string;
  const parameters = Object.entries(request.space.candidates[candidate] ?? {}).map(([name, space]) => {
    const read = (trial: Trial) => (trial.candidate === candidate ? trial.parameters[name] : undefined);
    return [name, draw(`${candidate} ${name}`, space, read)] as const;
  });
  return { candidate, parameters: Object.fromEntries(parameters) };
}

function drawValue(
  scale: Scale,
  random: Random,
  trials: SplitTrials | undefined,
  read: (trial: Trial) => ParameterValue | undefined,
): ParameterValue {
  if (scale.kind === 'number' && scale.low === scale.high) return scale.toValue(scale.low);
  if (!trials) return scale.toValue(drawEvenly(scale, random));
  const density = (of: readonly Trial[]) =>
    parzen(
      scale,
      of.flatMap((trial) => {
        const value = read(trial);
        return (value === undefined ? undefined : scale.toPosition(value)) ?? [];
      }),
    );
  const [good, other] = [density(trials.good), density(trials.other)];
  let best: { value: ParameterValue; promise: number } | undefined;
  for (let drawn = 0; drawn < CANDIDATE_VALUES; drawn++) {
    const value = scale.toValue(good.sample(random));
    const position = scale.toPosition(value) as number;
    const promise = good.logDensity(position) - other.logDensity(position);
    if (!best || promise > best.promise) best = { value, promise };
  }
  return best?.value as ParameterValue;
}

function drawEvenly(scale: Scale, random: Random): number {
  if (scale.kind === 'choice') return random.integer(0, scale.options - 1);
  return scale.low + random.uniform() * (scale.high - scale.low);
}
