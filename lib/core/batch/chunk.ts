/** Consecutive rows of one part: what one call of a function scores. */
export interface Chunk {
  /** Index of the part in the dataset version. */
  readonly part: number;
  /** Index of the chunk in its part. */
  readonly chunk: number;
  /** Index of its first row in the part. */
  readonly from: number;
  readonly rows: number;
}

/**
 * Most rows of a chunk: a second or two of work. Few enough that a retry repeats little, progress moves and many
 * machines help; enough that starting a function and reading the joined datasets is not most of the work.
 */
export const CHUNK_ROWS = 20_000;

/** Every row of the parts once and in order; the chunks of a part are of the same length, give or take a row. */
export function planChunks(parts: readonly { readonly rows: number }[], most = CHUNK_ROWS): Chunk[] {
  return parts.flatMap(({ rows }, part) => {
    const chunks = Math.ceil(rows / most);
    const start = (chunk: number) => Math.floor((chunk * rows) / chunks);
    return Array.from({ length: chunks }, (_, chunk) => ({
      part,
      chunk,
      from: start(chunk),
      rows: start(chunk + 1) - start(chunk),
    }));
  });
}

/** `part-00000-chunk-00000`: sorted by name the chunks are in the order of their rows. */
export function chunkName({ part, chunk }: Pick<Chunk, 'part' | 'chunk'>): string {
  const padded = (index: number) => String(index).padStart(5, '0');
  return `part-${padded(part)}-chunk-${padded(chunk)}`;
}
