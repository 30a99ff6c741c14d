import { canonicalJson } from '#core/data/canonical-json.ts';
import type { StatedTruth, TruthRules } from '#core/serve/check-truth.ts';
import { type LineProblem, type TruthLine, truthLineChecker } from '#core/serve/check-truth-line.ts';
import { type Arrival, recordTruths, type TruthPorts } from './record-truths.ts';

/** A drop; its content is read twice, so that nothing is kept of a file that is wrong at its end. */
export interface DroppedTruth {
  /** `source` is its key. */
  readonly arrival: Arrival;
  readonly versionId: string;
  /** Bytes. */
  readonly size: number;
  readonly lines: () => AsyncIterable<TruthLine>;
}

/** What became of a dropped file: `reports/<model>/truth-files/`. Without values of its lines. */
export interface TruthFileReport extends Arrival {
  readonly format: 1;
  readonly versionId: string;
  readonly size: number;
  /** Truths that are kept: all of them, or none when a line is wrong. */
  readonly accepted: number;
  /** Lines that say what an earlier one says. */
  readonly repeated: number;
  /** Lines that are not all right; then nothing of the file is kept. */
  readonly refused: number;
  /** The first 20 things that are wrong. */
  readonly problems: readonly LineProblem[];
}

const MAX_BYTES = 64 * 2 ** 20;
/** Each is remembered, so that contradictions are found. */
const MAX_LINES = 500_000;
const MAX_PROBLEMS = 20;

/** Keeps the truths of a dropped file when all its lines are all right, and says what became of it. */
export async function recordTruthFile(
  ports: TruthPorts,
  rules: TruthRules,
  drop: DroppedTruth,
): Promise<TruthFileReport> {
  const { arrival, versionId, size } = drop;
  const judged =
    size > MAX_BYTES ? refusal(`a file of at most ${MAX_BYTES} bytes`) : await judge(rules, drop);
  if (judged.refused === 0) await recordTruths(ports, arrival, truthsOf(rules, drop));
  const report = { format: 1, ...arrival, versionId, size, ...judged } as const;
  const name = `${arrival.at}-${ports.sha256(`${arrival.source}@${versionId}`).slice(0, 16)}`;
  const key = `reports/${arrival.model}/truth-files/${name}.json`;
  await ports.store.write(key, canonicalJson(report), 'application/json');
  return report;
}

type Judgement = Pick<TruthFileReport, 'accepted' | 'repeated' | 'refused' | 'problems'>;

async function judge(rules: TruthRules, { arrival, lines }: DroppedTruth): Promise<Judgement> {
  const check = truthLineChecker(rules, Date.parse(arrival.at));
  const problems: LineProblem[] = [];
  let [accepted, repeated, refused] = [0, 0, 0];
  for await (const line of lines()) {
    if (accepted + repeated + refused === MAX_LINES) return refusal(`at most ${MAX_LINES} truths`, line.line);
    const checked = check(line);
    if (!('truth' in checked)) {
      refused++;
      if (problems.length < MAX_PROBLEMS) problems.push(...checked);
    } else if (checked.again) repeated++;
    else accepted++;
  }
  if (refused > 0) return { accepted: 0, repeated: 0, refused, problems: problems.slice(0, MAX_PROBLEMS) };
  return accepted === 0 ? refusal('at least one truth') : { accepted, repeated, refused, problems };
}

async function* truthsOf(rules: TruthRules, { arrival, lines }: DroppedTruth): AsyncGenerator<StatedTruth> {
  const check = truthLineChecker(rules, Date.parse(arrival.at));
  for await (const line of lines()) {
    const checked = check(line);
    if ('truth' in checked && !checked.again) yield checked.truth;
  }
}

function refusal(expected: string, line = 1): Judgement {
  return { accepted: 0, repeated: 0, refused: 1, problems: [{ line, field: '', expected }] };
}
