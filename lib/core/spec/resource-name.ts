const HASH_LENGTH = 8;

/**
 * `leeboard-<environment>[-<model>]-<what>`, at most `limit` characters. A model's name that does not fit is
 * cut and ends in a hash of the whole, so that two long names never meet.
 * @param limit what the service accepts
 * @param sha256 of a text, in hex
 * @throws RangeError when nothing of the model's name would be left
 */
export function resourceName(
  environment: string,
  what: string,
  { model, limit, sha256 }: { model?: string | undefined; limit: number; sha256: (text: string) => string },
): string {
  const name = (middle?: string) =>
    ['leeboard', environment, middle, what].filter((part) => part !== undefined).join('-');
  const excess = name(model).length - limit;
  if (excess <= 0) return name(model);
  const kept = model?.slice(0, Math.max(0, model.length - excess - HASH_LENGTH - 1));
  if (!model || !kept) throw new RangeError(`name must be at most ${limit} characters, got: ${name(model)}`);
  return name(`${kept}-${sha256(model).slice(0, HASH_LENGTH)}`);
}
