/** What a judgement of a challenger found. Sentences with figures, for people. */
export interface Judgement {
  /** Why it must be taken back; none: it may go on. */
  readonly breaches: readonly string[];
  /** What could not be judged, and why. */
  readonly notes: readonly string[];
}

export const breach = (sentence: string): Judgement => ({ breaches: [sentence], notes: [] });
export const note = (sentence: string): Judgement => ({ breaches: [], notes: [sentence] });
export const SOUND: Judgement = { breaches: [], notes: [] };

/** What is missing for a judgement; undefined when nothing is. */
export function tooFew(
  what: string,
  unit: string,
  counts: { readonly champion: number; readonly candidate: number },
  needed: number,
): Judgement | undefined {
  const { champion, candidate } = counts;
  if (champion >= needed && candidate >= needed) return undefined;
  const had = `the challenger has ${candidate} and the champion ${champion}`;
  return note(`${what} not judged: ${had} ${unit}, ${needed} of each are needed`);
}
