import { DRIFTED_PSI } from '../drift/psi.ts';
import { percent } from '../figures.ts';
import { truthVerdict } from './compare-on-truth.ts';
import type { AnswerChange, ReplayReport } from './report.ts';

/** What a replay found, a sentence each, the most telling first. */
export function replayVerdict(report: Omit<ReplayReport, 'verdict'>): string[] {
  const { model, version, rows, scored, change, champion, truth } = report;
  const name = `${model}@${version}`;
  return [
    ...(change ? changeSentences(name, change) : [`${name} can score none of ${many(rows)} in the log.`]),
    ...(champion ? [championSentence(name, `${model}@${champion.version}`, champion.change)] : []),
    ...(truth ? [truthVerdict(name, truth)] : []),
    ...(scored < rows ? [refusedSentence(name, report)] : []),
    ...unreadSentences(report),
  ];
}

function changeSentences(name: string, change: AnswerChange): string[] {
  const { rows, equal, psi } = change;
  if (equal === rows) return [`${name} gives the same answers to all of ${many(rows)}, to the bit.`];
  const alike =
    psi < DRIFTED_PSI ? 'as a whole the answers are alike' : 'as a whole the answers are not alike';
  return [decided(name, change), ...moved(change), `${capital(alike)}: PSI ${show(psi)}.`];
}

function decided(name: string, change: AnswerChange): string {
  const { rows } = change;
  switch (change.task) {
    case 'binary': {
      if (change.changed === 0) return `${name} decides all of ${many(rows)} as they were decided.`;
      const { toPositive, toNegative } = change;
      const ways = `${toPositive} from negative to positive, ${toNegative} from positive to negative`;
      return `${name} decides ${ofRows(change.changed, rows)} otherwise: ${ways}.`;
    }
    case 'multiclass':
      return `${name} gives ${ofRows(change.changed, rows)} another label.`;
    case 'regression': {
      const by = `more than ${show(change.deviation)}, one standard deviation of what was answered`;
      return `${name} moves ${ofRows(change.beyond, rows)} by ${by}.`;
    }
  }
}

function moved(change: AnswerChange): string[] {
  if (change.task === 'multiclass') return [];
  const what = change.task === 'binary' ? 'probability' : 'value';
  const { mean, difference } = change;
  const reach = `nine in ten rows by ${signed(difference.p5)} to ${signed(difference.p95)}`;
  return [`The mean ${what} goes from ${show(mean.before)} to ${show(mean.after)}; ${reach}.`];
}

function championSentence(name: string, champion: string, change: AnswerChange): string {
  const { rows, equal } = change;
  if (equal === rows) return `The champion of today, ${champion}, gives the same answers as ${name}.`;
  const differing = change.task === 'regression' ? rows - equal : change.changed;
  const what = {
    binary: 'are decided otherwise',
    multiclass: 'have another label',
    regression: 'have another value',
  };
  return `Against the champion of today, ${champion}, ${percent(differing / rows)} of the rows ${what[change.task]}.`;
}

function refusedSentence(name: string, { rows, refused }: Omit<ReplayReport, 'verdict'>): string {
  const reasons = [
    ...columns(refused.absent, 'is not in the log'),
    ...columns(refused.unfit, 'holds what it does not take'),
  ];
  return `${name} cannot score ${ofRows(refused.rows, rows)}: ${reasons.join('; ')}.`;
}

function unreadSentences({ unread }: Omit<ReplayReport, 'verdict'>): string[] {
  const found = [
    ...columns(unread.hidden, 'is hidden in the log'),
    ...columns(unread.absent, 'is not in the log'),
  ];
  return found.length > 0 ? [`Read as missing: ${found.join('; ')}.`] : [];
}

function columns(counts: Readonly<Record<string, number>>, why: string): string[] {
  return Object.entries(counts).map(([column, rows]) => `${column} ${why} (${many(rows)})`);
}

const many = (rows: number) => `${rows} row${rows === 1 ? '' : 's'}`;
const ofRows = (some: number, rows: number) => `${some} of ${many(rows)} (${percent(some / rows)})`;
const show = (value: number) => String(Number(value.toPrecision(4)));
const signed = (value: number) => `${value > 0 ? '+' : ''}${show(value)}`;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
