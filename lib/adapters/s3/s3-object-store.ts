import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { IntegrityError, NotFoundError } from '#core/errors.ts';
import type { ListedObject, ObjectStore, StoredObject } from '#ports/object-store.ts';
import { sha256 } from '../hash.ts';
import { ONCE, reaching, tellUnreachable } from '../reaching.ts';

/** PutObject's limit is 5 GiB; nothing we write comes near it. */
const MAX_OBJECT_BYTES = 5 * 2 ** 30;

/** Between attempts to create an object that somebody else is creating. */
const CONFLICT_PAUSE_MS = 50;

/** An ObjectStore over one versioned S3 bucket. */
export class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    client.middlewareStack.add(tellUnreachable, ONCE);
    this.#client = client;
    this.#bucket = bucket;
  }

  async read(key: string, versionId?: string): Promise<Uint8Array> {
    return bytesOf(await this.#get(key, versionId));
  }

  async readVerified(object: StoredObject): Promise<Uint8Array> {
    const body = await this.read(object.key, object.versionId);
    this.#verify(object, sha256(body));
    return body;
  }

  async download(key: string, file: string, versionId?: string): Promise<Omit<StoredObject, 'key'>> {
    const answer = await this.#get(key, versionId);
    const hash = createHash('sha256');
    let size = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        size += chunk.length;
        done(null, chunk);
      },
    });
    await reaching(() => pipeline(answer.Body as Readable, measure, createWriteStream(file)));
    return { versionId: answer.VersionId ?? 'null', size, sha256: hash.digest('hex') };
  }

  async downloadVerified(object: StoredObject, file: string): Promise<void> {
    const got = await this.download(object.key, file, object.versionId);
    this.#verify(object, got.sha256);
  }

  async write(key: string, body: Uint8Array | string, contentType?: string): Promise<StoredObject> {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const answer = await this.#client.send(
      new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: bytes, ContentType: contentType }),
    );
    return { key, versionId: answer.VersionId ?? 'null', size: bytes.length, sha256: sha256(bytes) };
  }

  async create(
    key: string,
    body: Uint8Array | string,
    contentType?: string,
  ): Promise<StoredObject | undefined> {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    for (;;) {
      try {
        const answer = await this.#client.send(
          new PutObjectCommand({
            Bucket: this.#bucket,
            Key: key,
            Body: bytes,
            ContentType: contentType,
            IfNoneMatch: '*',
          }),
        );
        return { key, versionId: answer.VersionId ?? 'null', size: bytes.length, sha256: sha256(bytes) };
      } catch (error) {
        const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
        if (status === 412) return undefined;
        // ConditionalRequestConflict: another write of this key is under way; once it ended, the answer is clear.
        if (status !== 409) throw error;
        await new Promise((resolve) => setTimeout(resolve, CONFLICT_PAUSE_MS));
      }
    }
  }

  async describe(key: string): Promise<StoredObject> {
    const answer = await this.#get(key);
    const body = await bytesOf(answer);
    return { key, versionId: answer.VersionId ?? 'null', size: body.length, sha256: sha256(body) };
  }

  async upload(file: string, key: string, contentType?: string): Promise<StoredObject> {
    const { size } = await stat(file);
    if (size > MAX_OBJECT_BYTES)
      throw new RangeError(`${key}: must be at most ${MAX_OBJECT_BYTES} bytes, got ${size}`);
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
    const answer = await this.#client.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: key,
        Body: createReadStream(file),
        ContentLength: size,
        ContentType: contentType,
      }),
    );
    return { key, versionId: answer.VersionId ?? 'null', size, sha256: hash.digest('hex') };
  }

  async list(prefix: string): Promise<ListedObject[]> {
    const found: ListedObject[] = [];
    let token: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ContinuationToken: token }),
      );
      for (const { Key = '', Size = 0, ETag = '' } of page.Contents ?? [])
        found.push({ key: Key, size: Size, etag: ETag });
      token = page.NextContinuationToken;
    } while (token);
    return found;
  }

  async #get(key: string, versionId?: string) {
    try {
      return await this.#client.send(
        new GetObjectCommand({
          Bucket: this.#bucket,
          Key: key,
          ...(versionId ? { VersionId: versionId } : {}),
        }),
      );
    } catch (error) {
      const name = (error as Error).name;
      if (name === 'NoSuchKey' || name === 'NoSuchVersion' || name === 'NotFound') {
        throw new NotFoundError(`${key}${versionId ? ` (version ${versionId})` : ''} does not exist`, {
          cause: error,
        });
      }
      throw error;
    }
  }

  #verify(object: StoredObject, got: string): void {
    if (got !== object.sha256) throw new IntegrityError(object.key, object.sha256, got);
  }
}

/** The answer's head is there before its body, in which the connection may break off. */
const bytesOf = ({ Body }: GetObjectCommandOutput): Promise<Uint8Array> =>
  reaching(async () => (Body as { transformToByteArray(): Promise<Uint8Array> }).transformToByteArray());
