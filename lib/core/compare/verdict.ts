import { candidatesOf } from '../spec/algorithm.ts';
import { primaryMetric } from '../spec/task.ts';
import type { MetricDifference } from './compare-metrics.ts';
import type { RunComparison, RunDifference } from './compare-runs.ts';
import type { RunFacts } from './run-facts.ts';

/** Which of two is better, how surely, and on what rows: a few plain sentences. */
export function verdictOf(
  a: RunFacts,
  b: RunFacts,
  { differences, metrics, sameRows }: Pick<RunComparison, 'differences' | 'metrics' | 'sameRows'>,
): string {
  const untold = [a, b].filter(({ metrics: known }) => Object.keys(known).length === 0);
  if (untold.length > 0) {
    const names = untold.map(({ name, status }) => `${name} (${status})`).join(' and ');
    return `${names} ${untold.length > 1 ? 'have' : 'has'} no evaluation: there is nothing to judge by.`;
  }
  if (metrics.length === 0) {
    return differences.length === 0
      ? `${a.name} and ${b.name} are equal in everything that was recorded of them.`
      : `${a.name} and ${b.name} do equally well: every metric is the same.`;
  }
  return pairedVerdict(a, b) ?? pairedVerdict(b, a) ?? unpairedVerdict(a, b, metrics, sameRows);
}

/** The metric that a model is chosen by. */
export function headlineMetric(a: RunFacts, b: RunFacts): string {
  const spec = b.spec ?? a.spec;
  const [algorithm] = spec ? candidatesOf(spec.algorithm) : [];
  if (spec && algorithm) return primaryMetric(spec.task, algorithm);
  return ['logLoss', 'mse'].find((metric) => b.metrics[metric] ?? a.metrics[metric]) ?? 'logLoss';
}

/**
 * When one was challenger of the other, both were scored on the same rows: the paired difference says more than two
 * intervals. Its one-sided bounds are symmetric about it.
 */
function pairedVerdict(champion: RunFacts, challenger: RunFacts): string | undefined {
  const compared = challenger.evaluation?.champion;
  const paired = compared?.nonInferiority;
  if (!paired || champion.model !== challenger.model || compared.version !== champion.version)
    return undefined;
  const { metric, rows, difference, bound, confidence } = paired;
  if (difference === null || bound === null) return undefined;
  const values = `${metric} ${show(paired.challenger)} against ${show(paired.champion)} on the same ${rows} rows`;
  const sure = `(${percent(confidence)} confidence)`;
  const lower = 2 * difference - bound;
  if (bound < 0)
    return `${challenger.name} is better than ${champion.name}: ${values}, better by at least ${show(-bound)} ${sure}.`;
  if (lower > 0)
    return `${challenger.name} is worse than ${champion.name}: ${values}, worse by at least ${show(lower)} ${sure}.`;
  return `Neither is surely better: ${challenger.name} has ${values}, which chance can explain ${sure}.`;
}

function unpairedVerdict(
  a: RunFacts,
  b: RunFacts,
  metrics: readonly MetricDifference[],
  sameRows: boolean,
): string {
  const headline = headlineMetric(a, b);
  const chosen = metrics.find(({ metric }) => metric === headline);
  if (!chosen) return `${a.name} and ${b.name} have the same ${headline}.`;
  if (!chosen.better) return `${headline} is not defined for both, so neither can be called better by it.`;
  const [winner, loser] = chosen.better === 'a' ? [a, b] : [b, a];
  const [best, other] = chosen.better === 'a' ? [chosen.a, chosen.b] : [chosen.b, chosen.a];
  const values = `${headline} ${show(best.value)} against ${show(other.value)}`;
  const has = `${winner.name} has the better ${values}`;
  if (!sameRows) return `${has}, but on other test rows: the difference may be the data's.`;
  if (chosen.apart)
    return `${winner.name} is better than ${loser.name}: ${values}, and their intervals do not meet.`;
  return best.low === null || other.low === null
    ? `${has}; how surely is not known without intervals.`
    : `Neither is surely better: ${winner.name} has ${values}, but their intervals overlap.`;
}

/** Whether both were tested on the same rows, as far as what was recorded tells. */
export function haveSameRows(a: RunFacts, b: RunFacts, differences: readonly RunDifference[]): boolean {
  return (
    a.testRows === b.testRows &&
    !differences.some(
      ({ kind, field }) =>
        kind === 'data' || (kind === 'spec' && /^(from|join|label|split|hash)\b/.test(field)),
    )
  );
}

function show(value: number | null): string {
  return value === null ? 'undefined' : String(Number(value.toPrecision(4)));
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(12))} %`;
}
