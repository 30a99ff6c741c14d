import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { IntegrityError, NotFoundError } from '#core/errors.ts';
import type { ObjectStore } from '#ports/object-store.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const WRITERS = Array.from({ length: 20 }, (_, index) => `writer ${index}`);

async function scratchFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'leeboard-contract-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'file');
}

/**
 * What every ObjectStore promises.
 * @param open gives an empty store
 */
export function objectStoreContract(open: () => Promise<ObjectStore>): void {
  let store: ObjectStore;
  beforeAll(async () => {
    store = await open();
  });

  it('gives back the very bytes, whatever they are, with their size and hash', async () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7919) % 256);
    const stored = await store.write('bytes', bytes);
    expect(stored).toMatchObject({ key: 'bytes', size: 1000, sha256: sha256(bytes) });
    expect(Buffer.from(await store.read('bytes')).equals(bytes)).toBe(true);
    expect(await store.describe('bytes')).toEqual(stored);
  });

  it('measures text in bytes', async () => {
    expect(await store.write('text', 'é€')).toMatchObject({ size: 5, sha256: sha256('é€') });
  });

  it('keeps an empty object', async () => {
    const stored = await store.write('empty', '');
    expect(stored.size).toBe(0);
    expect(await store.readVerified(stored)).toHaveLength(0);
  });

  it('takes a key as it is, never as a path', async () => {
    const strange = ['a/../b', 'a//b', ' a b+c&d?e=f#g%20h', 'ü/日本', './x'];
    for (const key of strange) await store.write(`keys/${key}`, key);
    for (const key of strange) expect(text(await store.read(`keys/${key}`))).toBe(key);
    expect((await store.list('keys/')).map(({ key }) => key)).toHaveLength(strange.length);
  });

  it('keeps every version of an object', async () => {
    const first = await store.write('versions', 'first');
    const second = await store.write('versions', 'second');
    expect(first.versionId).not.toBe(second.versionId);
    expect(text(await store.read('versions'))).toBe('second');
    expect(text(await store.read('versions', first.versionId))).toBe('first');
    expect(text(await store.readVerified(first))).toBe('first');
    expect(await store.describe('versions')).toEqual(second);
  });

  it('refuses bytes that are not those recorded', async () => {
    const recorded = await store.write('changed', 'approved');
    const changed = await store.write('changed', 'approveD');
    const forged = { ...recorded, versionId: changed.versionId };
    await expect(store.readVerified(forged)).rejects.toThrow(IntegrityError);
    await expect(store.readVerified(forged)).rejects.toThrow(
      `changed: sha256 must be ${recorded.sha256}, got ${changed.sha256}`,
    );
    const file = await scratchFile();
    await expect(store.downloadVerified(forged, file)).rejects.toThrow(IntegrityError);
  });

  it('says that a key or a version does not exist', async () => {
    const { versionId } = await store.write('other', 'x');
    await store.write('there', 'x');
    const file = await scratchFile();
    const absent = { key: 'absent', versionId, size: 1, sha256: sha256('x') };
    await expect(store.read('absent')).rejects.toThrow(NotFoundError);
    await expect(store.read('absent')).rejects.toThrow('absent does not exist');
    await expect(store.read('there', versionId)).rejects.toThrow(NotFoundError);
    await expect(store.readVerified(absent)).rejects.toThrow(NotFoundError);
    await expect(store.describe('absent')).rejects.toThrow(NotFoundError);
    await expect(store.download('absent', file)).rejects.toThrow(NotFoundError);
    await expect(store.downloadVerified(absent, file)).rejects.toThrow(NotFoundError);
  });

  it('lets one of 20 writers create an object, and changes nothing for the others', async () => {
    const created = await Promise.all(WRITERS.map((body) => store.create('contested', body)));
    const winners = created.flatMap((stored, index) => (stored ? [{ stored, body: WRITERS[index] }] : []));
    expect(winners).toHaveLength(1);
    expect(text(await store.read('contested'))).toBe(winners[0]?.body);
    expect(await store.describe('contested')).toEqual(winners[0]?.stored);
    expect(await store.create('contested', 'too late')).toBeUndefined();
  });

  it('copies files in and out, byte for byte', async () => {
    const file = await scratchFile();
    const bytes = Buffer.alloc(3 * 2 ** 20, 'leeboard');
    await writeFile(file, bytes);
    const stored = await store.upload(file, 'file');
    expect(stored).toMatchObject({ key: 'file', size: bytes.length, sha256: sha256(bytes) });
    await writeFile(file, '');
    const { key: _, ...described } = stored;
    expect(await store.download('file', file)).toEqual(described);
    expect((await readFile(file)).equals(bytes)).toBe(true);
    await store.write('file', 'newer');
    await store.downloadVerified(stored, file);
    expect((await readFile(file)).equals(bytes)).toBe(true);
  });

  it('lists every key below a prefix, more than a page of them, sorted', async () => {
    const keys = Array.from({ length: 1050 }, (_, index) => `many/${String(index).padStart(4, '0')}`);
    const shuffled = [...keys].reverse();
    for (let start = 0; start < shuffled.length; start += 50) {
      await Promise.all(shuffled.slice(start, start + 50).map((key) => store.write(key, key)));
    }
    await store.write('many-others', 'x');
    const etag = expect.any(String);
    expect(await store.list('many/')).toEqual(keys.map((key) => ({ key, size: 9, etag })));
    expect(await store.list('nothing/')).toEqual([]);
  });

  it('tells in a list whether an object has other bytes, though it is as long', async () => {
    const etags = async () => (await store.list('told/')).map(({ etag }) => etag);
    for (const key of ['a', 'b', 'c']) await store.write(`told/${key}`, key === 'b' ? 'other' : 'bytes');
    const [a, b, c] = await etags();
    expect([a === c, a === b, a === '']).toEqual([true, false, false]);
    await store.write('told/a', 'other');
    expect(await etags()).toEqual([b, b, c]);
  });
}
