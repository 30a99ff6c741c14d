const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * A UUID version 7: its first 48 bits are the instant. Source: RFC 9562, section 5.7.
 * @param now epoch milliseconds
 * @param random 10 random bytes
 */
export function predictionId(now: number, random: Uint8Array): string {
  const bytes = [...new Uint8Array(6), ...random];
  for (let index = 0; index < 6; index++) bytes[index] = Math.floor(now / 2 ** (8 * (5 - index))) % 256;
  bytes[6] = 0x70 | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** When a prediction was answered, epoch milliseconds; undefined when it is no prediction's id. */
export function instantOfPrediction(id: string): number | undefined {
  return PATTERN.test(id) ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;
}
