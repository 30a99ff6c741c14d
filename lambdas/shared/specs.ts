import { sha256 } from '#adapters/hash.ts';
import { IntegrityError } from '#core/errors.ts';
import type { SpecPointer } from './payloads.ts';
import { bucket, variable } from './resources.ts';

/** Where the stack says that this function's spec is. */
export function ownSpec(): SpecPointer {
  return { bucket: variable('SPEC_BUCKET'), key: variable('SPEC_KEY'), sha256: variable('SPEC_SHA256') };
}

/** A spec as it was deployed. @throws IntegrityError when its bytes are not those */
export async function readSpec<Spec>(pointer: SpecPointer): Promise<Spec> {
  const body = await bucket(pointer.bucket).read(pointer.key);
  const got = sha256(body);
  if (got !== pointer.sha256) throw new IntegrityError(`spec ${pointer.key}`, pointer.sha256, got);
  return JSON.parse(new TextDecoder().decode(body)) as Spec;
}
