import type { S3 } from '@aws-sdk/client-s3';
import { sha256 } from '#adapters/hash.ts';
import { IntegrityError } from '#core/errors.ts';
import type { ObjectPointer } from '#core/registry/records.ts';
import type { Outputs } from './outputs.ts';

/** The JSON documents of a deployment's store. */
export class StoredDocuments {
  readonly #bucket: string;
  readonly #s3: () => Promise<S3>;

  constructor({ storeBucket }: Outputs, s3: () => Promise<S3>) {
    this.#bucket = storeBucket;
    this.#s3 = s3;
  }

  async read<T>(key: string): Promise<T> {
    return JSON.parse(await this.#text(key)) as T;
  }

  /** @throws IntegrityError when it is not what was recorded */
  async verified<T>({ key, versionId, sha256: recorded }: ObjectPointer): Promise<T> {
    const text = await this.#text(key, versionId);
    if (sha256(text) !== recorded) throw new IntegrityError(key, recorded, sha256(text));
    return JSON.parse(text) as T;
  }

  /** The one whose key is last below a prefix; undefined when there is none. */
  async last<T>(prefix: string): Promise<T | undefined> {
    const s3 = await this.#s3();
    let last: string | undefined;
    let token: string | undefined;
    do {
      const page = await s3.listObjectsV2({
        Bucket: this.#bucket,
        Prefix: prefix,
        ContinuationToken: token,
      });
      last = page.Contents?.at(-1)?.Key ?? last;
      token = page.NextContinuationToken;
    } while (token);
    return last === undefined ? undefined : this.read<T>(last);
  }

  async #text(key: string, versionId?: string): Promise<string> {
    const s3 = await this.#s3();
    const { Body } = await s3.getObject({ Bucket: this.#bucket, Key: key, VersionId: versionId });
    return (await Body?.transformToString()) ?? '';
  }
}
