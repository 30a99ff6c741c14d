/** Adds up what has the same key; in the order in which keys first come. */
export function mergeBy<Key, Part>(
  parts: Iterable<Part>,
  keyOf: (part: Part) => Key,
  add: (a: Part, b: Part) => Part,
): Part[] {
  const found = new Map<Key, Part>();
  for (const part of parts) {
    const key = keyOf(part);
    const known = found.get(key);
    found.set(key, known ? add(known, part) : part);
  }
  return [...found.values()];
}
