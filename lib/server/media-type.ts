/** `text/csv; header=present` in its parts, names in lower case. */
export interface MediaType {
  /** `text/csv`. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Source: RFC 9110, section 8.3.1. */
export function parseMediaType(text: string): MediaType {
  const [name = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = rest.map((part) => {
    const [key = '', value = ''] = part.split('=', 2);
    return [key.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')] as const;
  });
  return { name: name.toLowerCase(), parameters: Object.fromEntries(parameters) };
}

/**
 * The type that an `Accept` header likes best. Source: RFC 9110, section 12.5.1.
 * @param offered the first one is what a caller without wishes gets
 * @returns undefined when it takes none of them
 */
export function preferredType<Offered extends string>(
  accept: string | undefined,
  offered: readonly [Offered, ...Offered[]],
): Offered | undefined {
  if (accept === undefined || accept.trim() === '') return offered[0];
  const ranges = accept.split(',').map(parseMediaType);
  const qualities = offered.map((type) => {
    const fitting = [type, type.replace(/\/.*/, '/*'), '*/*'].flatMap((name) =>
      ranges.filter((range) => range.name === name),
    );
    return fitting[0] ? Number(fitting[0].parameters.q ?? 1) : 0;
  });
  const best = Math.max(...qualities);
  return best > 0 ? offered[qualities.indexOf(best)] : undefined;
}
