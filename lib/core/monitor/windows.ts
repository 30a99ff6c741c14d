/** Epoch milliseconds: from included, to excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const HOUR = 3_600_000;

/** Windows that one run looks at. */
export const MOST_WINDOWS = 24;
/** Parts of one window. */
const MOST_PARTS = 1000;

/**
 * The windows of the grid [k * every, (k + 1) * every) that a run on schedule may find something new in, the newest first:
 * the newest that is complete, and older ones that may have got rows since the run before this one.
 * @param until rows that were answered before have been delivered as a rule, epoch milliseconds
 * @param every milliseconds
 * @param late how much later than as a rule a row may be delivered, milliseconds
 */
export function gridWindows(until: number, every: number, late: number): Span[] {
  const newest = Math.floor(until / every) * every;
  const found: Span[] = [];
  // A row of [from, to) came at `to + late` at the latest: the run after that, up to `every` later, is the first to see it.
  for (let to = newest; to === newest || to > until - late - every; to -= every) {
    found.push({ from: to - every, to });
  }
  return found;
}

/**
 * Cuts a window into parts of about `most` bytes each, at most 1,000: in time, so that a row that was delivered twice is in
 * one part.
 * @param hours bytes of the log that was delivered in the hour that begins then; it has rows of that hour and the one before
 * @returns one part when all of it is at most `most` bytes; in order, without gaps
 */
export function cutWindow(
  { from, to }: Span,
  hours: ReadonlyMap<number, number>,
  most: number,
): readonly Span[] {
  const total = [...hours.values()].reduce((sum, bytes) => sum + bytes, 0);
  if (total <= most) return [{ from, to }];
  const pieces: (Span & { readonly bytes: number })[] = [];
  for (let start = from; start < to; ) {
    const hour = Math.floor(start / HOUR) * HOUR;
    const end = Math.min(to, hour + HOUR);
    const share = (end - start) / HOUR;
    pieces.push({
      from: start,
      to: end,
      bytes: share * ((hours.get(hour) ?? 0) + (hours.get(hour + HOUR) ?? 0)),
    });
    start = end;
  }
  const held = pieces.reduce((sum, { bytes }) => sum + bytes, 0);
  const size = Math.max(most, held / MOST_PARTS);
  const cuts: number[] = [];
  let filled = 0;
  for (const piece of pieces) {
    const before = filled;
    filled += piece.bytes;
    while (filled >= (cuts.length + 1) * size && cuts.length < MOST_PARTS - 1) {
      const into = ((cuts.length + 1) * size - before) / piece.bytes;
      cuts.push(Math.ceil(piece.from + into * (piece.to - piece.from)));
    }
  }
  const borders = [from, ...new Set(cuts.filter((cut) => cut > from && cut < to)), to];
  return borders.slice(1).map((end, index) => ({ from: borders[index] as number, to: end }));
}
