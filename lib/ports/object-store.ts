/** One immutable version of one object. */
export interface StoredObject {
  readonly key: string;
  readonly versionId: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** An object as a listing gives it. */
export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** The same for the same bytes; other bytes have another. */
  readonly etag: string;
}

/** A versioned bucket. Keys are never interpreted as paths. */
export interface ObjectStore {
  /** @throws NotFoundError when there is no such object or version */
  read(key: string, versionId?: string): Promise<Uint8Array>;
  /**
   * Exactly the bytes that were recorded.
   * @throws IntegrityError when they are not
   */
  readVerified(object: StoredObject): Promise<Uint8Array>;
  /** Copies an object to a local file. @throws NotFoundError */
  download(key: string, file: string, versionId?: string): Promise<Omit<StoredObject, 'key'>>;
  /** Copies exactly the recorded bytes to a local file. @throws IntegrityError */
  downloadVerified(object: StoredObject, file: string): Promise<void>;
  write(key: string, body: Uint8Array | string, contentType?: string): Promise<StoredObject>;
  /** Writes only when the key is free; otherwise writes nothing and says undefined. */
  create(key: string, body: Uint8Array | string, contentType?: string): Promise<StoredObject | undefined>;
  /** The newest version of the object at `key`, hashed by reading it. @throws NotFoundError */
  describe(key: string): Promise<StoredObject>;
  /** Copies a local file to the store. */
  upload(file: string, key: string, contentType?: string): Promise<StoredObject>;
  /** What is below a prefix, sorted by key. */
  list(prefix: string): Promise<ListedObject[]>;
}
