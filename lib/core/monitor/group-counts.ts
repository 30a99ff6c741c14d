import { BinMismatchError } from '../drift/errors.ts';
import { InvalidInputError } from '../errors.ts';
import { parseExpression, type Row, toFunction, type Value } from '../expression/index.ts';
import type { Prediction } from '../serve/answer.ts';
import { type InputColumn, inputTypes } from '../serve/signature.ts';
import { mergeBy } from './merge-by.ts';

/** Groups of one expression that are counted apart, at most. */
export const GROUPS_APART = 200;

/** Rows, and those of them that are predicted positive. */
export interface Selected {
  readonly rows: number;
  readonly selected: number;
}

/**
 * Whom a binary model selects, of all rows that the watched version answered, by the groups of one expression. Plain
 * JSON. Counts of parts that share no row merge into those of the whole: a group is counted apart where fewer than
 * GROUPS_APART others come before it, known ones first, then by name. Those do so in each part that has them, so a group
 * that is apart in the whole was so in every part, and nothing of it is in `other`.
 */
export interface GroupCounts {
  /** The expression. */
  readonly by: string;
  /** With a row at least; in the order above. */
  readonly apart: readonly GroupCount[];
  /** Where the expression is null, or cannot be told of what was logged. */
  readonly missing: Selected;
  /** Rows of all other groups. */
  readonly other: number;
}

export interface GroupCount extends Selected {
  readonly group: string;
  /** Whether the version was judged on rows of it. */
  readonly isKnown: boolean;
}

/** How the groups of one expression are read. */
export interface GroupReading {
  /** Over inputs of the version that the log keeps. */
  readonly by: string;
  /** Groups that the version was judged on. */
  readonly known: readonly string[];
}

/** @param columns of the version's signature */
export function groupCounter({ by, known }: GroupReading, columns: readonly InputColumn[]) {
  const groupOf = toFunction(parseExpression(by, inputTypes({ inputs: columns })));
  const isKnown = new Set(known);
  const groups = new Map<string | null, { rows: number; selected: number }>();
  return {
    /** Counts a row; one without a decision is none. */
    add(inputs: Row, prediction: Prediction): void {
      if (!('positive' in prediction)) return;
      const value = groupValue(groupOf, inputs);
      const group = value === null ? null : String(value);
      const found = groups.get(group) ?? { rows: 0, selected: 0 };
      found.rows++;
      found.selected += Number(prediction.positive);
      groups.set(group, found);
    },
    counts(): GroupCounts {
      const missing = groups.get(null) ?? { rows: 0, selected: 0 };
      const all = [...groups].flatMap(([group, counted]) =>
        group === null ? [] : [{ group, isKnown: isKnown.has(group), ...counted }],
      );
      return { by, missing: { ...missing }, ...partGroups(all) };
    },
  };
}

/**
 * @param a of other rows than `b`, read in the same way
 * @throws BinMismatchError when they are of other expressions
 */
export function mergeGroups(a: readonly GroupCounts[], b: readonly GroupCounts[]): GroupCounts[] {
  const [expected, got] = [a, b].map((counts) => counts.map(({ by }) => by).join(', ') || 'none');
  if (expected !== got) throw new BinMismatchError('the groups', expected as string, got as string);
  return a.map(({ by, apart, missing, other }, index) => {
    const more = b[index] as GroupCounts;
    const parted = partGroups(
      mergeBy(
        [...apart, ...more.apart],
        ({ group }) => group,
        (one, same) => ({ ...one, ...sum(one, same) }),
      ),
    );
    return {
      by,
      missing: sum(missing, more.missing),
      ...parted,
      other: other + more.other + parted.other,
    };
  });
}

const sum = (a: Selected, b: Selected): Selected => ({
  rows: a.rows + b.rows,
  selected: a.selected + b.selected,
});

function partGroups(groups: readonly GroupCount[]): Pick<GroupCounts, 'apart' | 'other'> {
  const sorted = groups.toSorted(
    (a, b) => Number(b.isKnown) - Number(a.isKnown) || (a.group < b.group ? -1 : 1),
  );
  return {
    apart: sorted.slice(0, GROUPS_APART),
    other: sorted.slice(GROUPS_APART).reduce((rows, group) => rows + group.rows, 0),
  };
}

/** One row that holds what the version does not take must not keep a window from being examined. */
function groupValue(groupOf: (row: Row) => Value, inputs: Row): Value {
  try {
    return groupOf(inputs);
  } catch (error) {
    if (error instanceof InvalidInputError) return null;
    throw error;
  }
}
