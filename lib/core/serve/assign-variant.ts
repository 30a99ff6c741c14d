import type { Row } from '../expression/index.ts';
import type { Rollout } from '../registry/deployment-records.ts';

/**
 * Whether the challenger of a rollout answers an entity. An entity that it answers at 10 % it answers at 50 %, too;
 * another challenger of the same model draws other entities.
 * Source: FNV-1a with the 32-bit finaliser of MurmurHash3, which spreads what differs in the last character alone.
 * @param entity value of the column that assignment sticks to, or the prediction's id
 */
export function isCanary(
  { stage, candidate }: Pick<Rollout, 'stage' | 'candidate'>,
  entity: string,
): boolean {
  return stage.kind === 'canary' && share(`${candidate.manifest.sha256}/${entity}`) * 100 < stage.percent;
}

/** Who answers the rows of a request while a challenger is tried. */
export interface Assignment {
  /** Indexes of the rows that the challenger answers. */
  readonly canary: ReadonlySet<number>;
  /**
   * Whether what scoring takes is comparable: both score the same rows, or one entity decided for all of them. Of a
   * request that is divided each scores some rows, and who gets many of them depends on the share.
   */
  readonly isComparable: boolean;
}

/**
 * Each row by the value of the column that assignment sticks to (none is a value, too), or all or none by the
 * prediction's id.
 * @param rows as the champion reads them: a column that none of them has tells no entities apart, so that the id decides
 */
export function assignRows(
  rollout: Pick<Rollout, 'stage' | 'candidate' | 'stickTo'>,
  predictionId: string,
  rows: readonly Row[],
): Assignment {
  const { stickTo } = rollout;
  const isSticky = stickTo !== undefined && rows.some((row) => Object.hasOwn(row, stickTo));
  const entities = rows.map((row) => (isSticky ? String(row[stickTo] ?? null) : predictionId));
  const different = [...new Set(entities)];
  const drawn = new Set(different.filter((entity) => isCanary(rollout, entity)));
  const canary = new Set([...rows.keys()].filter((index) => drawn.has(entities[index] as string)));
  return { canary, isComparable: rollout.stage.kind === 'shadow' || different.length === 1 };
}

/** In [0, 1), evenly spread over texts. */
function share(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    hash = Math.imul(hash ^ (code & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (code >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
