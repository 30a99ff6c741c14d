import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openHash, openRedaction } from '#adapters/open-redaction.ts';
import type { InputColumn } from '#core/serve/signature.ts';
import { ColumnSpec, text } from '#core/spec/column.ts';
import { withFaults } from '#test/support/faults.ts';
import { MemoryStore } from '#test/support/memory-store.ts';

const KEY = 'keys/trips-late/prediction-log';
const column = (name: string, sensitive?: 'hash' | 'omit'): InputColumn => ({
  name,
  dataset: 'trips',
  optional: false,
  column: ColumnSpec.parse(text({ sensitive })),
});

describe('openRedaction', () => {
  it.each([
    ['plain', [column('city')], { city: 'north', phone: '1' }],
    ['left out', [column('city'), column('phone', 'omit')], { city: 'north' }],
  ])('reads no key for columns that are %s', async (_, columns, kept) => {
    const plan = { calls: 0 };
    const redact = await openRedaction(withFaults(new MemoryStore(), plan), 'trips-late', columns);
    expect(redact({ city: 'north', phone: '1' })).toEqual(kept);
    expect(plan.calls).toBe(0);
  });

  it('hashes with HMAC-SHA-256 by the model’s key, cut to 16 bytes', async () => {
    const store = new MemoryStore();
    await store.write(KEY, 'k'.repeat(32));
    const redact = await openRedaction(store, 'trips-late', [column('city', 'hash')]);
    const full = createHmac('sha256', 'k'.repeat(32)).update('"north"').digest('hex');
    expect(redact({ city: 'north' })).toEqual({ city: `hmac:${full.slice(0, 32)}` });
  });
});

describe('openHash', () => {
  it('makes a key of 32 random bytes for a model once, and keeps to it', async () => {
    const store = new MemoryStore();
    const first = await openHash(store, 'trips-late');
    const again = await openHash(store, 'trips-late');
    const other = await openHash(store, 'other');
    expect(first('a')).toMatch(/^hmac:[0-9a-f]{32}$/);
    expect(again('a')).toBe(first('a'));
    expect(other('a')).not.toBe(first('a'));
    expect(await store.read(KEY)).toHaveLength(32);
    expect(store.versions(KEY)).toBe(1);
  });

  it('takes the key of whoever was first', async () => {
    const store = new MemoryStore();
    const calls = { calls: 0 };
    const hashes = await Promise.all(
      Array.from({ length: 5 }, () => openHash(withFaults(store, calls), 'trips-late')),
    );
    expect(new Set(hashes.map((hash) => hash('a'))).size).toBe(1);
    expect(store.versions(KEY)).toBe(1);
  });

  it('does not make a new key because the store is down', async () => {
    const store = new MemoryStore();
    await openHash(store, 'trips-late');
    const down = withFaults(store, { calls: 0, failAt: 0, when: 'before' });
    await expect(openHash(down, 'trips-late')).rejects.toThrow('before read');
    expect(store.versions(KEY)).toBe(1);
  });
});
