import { figure, percent } from '../figures.ts';
import { violations } from './data-quality.ts';
import type { Attention, WindowReport } from './report.ts';

/** Names that a sentence lists; the others are counted. */
const NAMED = 3;

type Found = Omit<WindowReport, 'attention'>;

/** What a person should know of a window: at most one sentence a cause, the gravest first. */
export function attentionOf(report: Found): Attention[] {
  return SENTENCES.flatMap(([cause, sentence]) => {
    const text = sentence(report);
    return text === null ? [] : [{ cause, text }];
  });
}

const SENTENCES: readonly (readonly [Attention['cause'], (report: Found) => string | null])[] = [
  ['performance', ({ truth }) => worse(truth)],
  ['drift', ({ inputs }) => drifted(inputs)],
  [
    'prediction-drift',
    ({ predictions, inputs }) => moved('what the model answers', predictions, inputs.threshold),
  ],
  ['quality', ({ quality, compared }) => broken(quality, compared)],
  ['bias', ({ groups }) => unequal(groups)],
  ['attribution', ({ attribution }) => relies(attribution)],
  ['label-drift', ({ truth, inputs }) => moved('what really happens', truth?.labels, inputs.threshold)],
];

function worse(truth: WindowReport['truth']): string | null {
  if (!truth?.watched || truth.watched.drop === 0) return null;
  const { metric, now, before, drop, margin } = truth.watched;
  const allowed = margin > 0 ? `, and ${figure(margin)} is allowed` : '';
  return `${metric} is ${shown(now)} on ${counted(truth.rows, 'row')} with truth and was ${shown(before)} when the version was judged: worse by at least ${figure(drop)}${allowed}`;
}

function drifted({ drifted, light, columns, threshold }: WindowReport['inputs']): string | null {
  const heavy = drifted.filter((name) => !light.includes(name));
  if (heavy.length === 0) return null;
  const found = heavy.map((name) => columns.find(({ column }) => column === name));
  const [only] = found;
  if (only && found.length === 1) {
    const relied =
      only.weight === null ? '' : `, and the model relies on it for ${percent(only.weight)} of its answers`;
    return `${only.column} has drifted: PSI ${figure(only.psi ?? 0)}, from ${figure(threshold)} on it counts${relied}`;
  }
  const names = found.map((one) => {
    const relied = one?.weight == null ? '' : `, ${percent(one.weight)} of what the model relies on`;
    return `${one?.column} (PSI ${figure(one?.psi ?? 0)}${relied})`;
  });
  return `${listed(names)} have drifted: from a PSI of ${figure(threshold)} on it counts`;
}

function moved(
  what: string,
  drift: WindowReport['predictions'] | undefined,
  threshold: number,
): string | null {
  if (!drift?.drifted) return null;
  return `${what} has drifted: PSI ${figure(drift.psi ?? 0)}, from ${figure(threshold)} on it counts`;
}

function broken(
  { columns, missing, violations: all, threshold }: WindowReport['quality'],
  rows: number,
): string | null {
  const found: string[] = [];
  if (all > 0 && all >= threshold * rows) {
    const names = columns.map((column) => `${column.column} (${counted(violations(column), 'row')})`);
    found.push(`${listed(names)} ${columns.length === 1 ? 'breaks' : 'break'} what the dataset declares`);
  }
  if (missing.length > 0) {
    const names = missing.map(
      ({ column, before, now }) => `${column} (${percent(before)} to ${percent(now)})`,
    );
    found.push(`${listed(names)} ${missing.length === 1 ? 'is' : 'are'} missing more often than in training`);
  }
  return found.length === 0 ? null : found.join('; ');
}

function unequal(groups: WindowReport['groups']): string | null {
  const names = groups.flatMap(({ by, reference, groups: members }) =>
    members
      .filter(({ breached }) => breached)
      .map(
        ({ group, disparateImpact }) =>
          `${by} ${group} and ${reference?.group} (ratio ${figure(disparateImpact ?? 0)})`,
      ),
  );
  return names.length === 0
    ? null
    : `selection rates differ by more than gates.fairness allows: ${listed(names)}`;
}

function relies(attribution: WindowReport['attribution']): string | null {
  if (!attribution || attribution.ndcg >= attribution.threshold) return null;
  const { ndcg, threshold, features } = attribution;
  const most = features.reduce((a, b) => (Math.abs(b.now - b.before) > Math.abs(a.now - a.before) ? b : a));
  return `the model relies on other features than when it was judged: nDCG ${figure(ndcg)}, below ${figure(threshold)} it counts; ${most.feature} went from ${percent(most.before)} to ${percent(most.now)}`;
}

const shown = ({ value }: { readonly value: number | null }) => figure(value ?? 0);
const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

function listed(names: readonly string[]): string {
  const more = names.length - NAMED;
  const list = [...names.slice(0, NAMED), ...(more > 0 ? [counted(more, 'other')] : [])];
  const last = list.pop();
  return list.length > 0 ? `${list.join(', ')} and ${last}` : String(last);
}
