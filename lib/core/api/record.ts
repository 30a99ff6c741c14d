import { z } from 'zod';

/**
 * The schema of a record that is answered as it is stored: the compiler refuses it when the record has a field that
 * the shape has not, or of another type, and the other way round.
 */
export const recordOf =
  <Stored>() =>
  <Shape extends { [Field in keyof Required<Stored>]: z.ZodType<Stored[Field]> }>(
    shape: Shape & Record<Exclude<keyof Shape, keyof Stored>, never>,
  ) =>
    z.object(shape as Shape);

const text = z.string();
/** Name -> number. */
export const Numbers = z.record(text, z.number());
/** When something happened, UTC. */
export const At = z.iso.datetime();
