import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import { readPredictions } from '#lib/pipelines/read-predictions.ts';
import { MemoryStore } from '#test/support/memory-store.ts';

const at = (text: string) => Date.parse(`2013-04-01T${text}Z`);

function line(id: string, time: string): string {
  const row: LoggedPrediction = {
    id,
    model: 'm',
    version: 1,
    variant: 'champion',
    latencyMs: 1,
    at: `2013-04-01T${time}Z`,
    key: {},
    inputs: { city: 'ü' },
    probability: 0.5,
    positive: true,
    margin: 0,
  };
  return `${JSON.stringify(row)}\n`;
}

async function read(objects: Record<string, string>, from = '10:00:00', to = '11:00:00'): Promise<string[]> {
  const store = new MemoryStore();
  for (const [key, text] of Object.entries(objects)) await store.write(`predictions/${key}`, gzipSync(text));
  const found = await readPredictions(store, 'm', at(from), at(to));
  return found.map(({ id }) => id).sort();
}

describe('readPredictions', () => {
  it('takes those of the window, its start included and its end not', async () => {
    const text =
      line('a', '09:59:59.999') +
      line('b', '10:00:00.000') +
      line('c', '10:59:59.999') +
      line('d', '11:00:00.000');
    expect(await read({ 'm/dt=2013-04-01/hour=10/f.gz': text })).toEqual(['b', 'c']);
  });

  it('takes each id once, however often it was delivered', async () => {
    const text = line('a', '10:30:00') + line('a', '10:30:00');
    expect(
      await read({ 'm/dt=2013-04-01/hour=10/f.gz': text, 'm/dt=2013-04-01/hour=11/g.gz': text }),
    ).toEqual(['a']);
  });

  it('finds those delivered up to an hour later', async () => {
    expect(await read({ 'm/dt=2013-04-01/hour=11/f.gz': line('a', '10:59:00') })).toEqual(['a']);
    expect(
      await read({ 'm/dt=2013-04-01/hour=11/f.gz': line('a', '10:29:00') }, '10:00:00', '10:30:00'),
    ).toEqual(['a']);
  });

  it('finds those in an object that began in the hour before', async () => {
    const text = line('a', '09:58:00') + line('b', '10:02:00');
    expect(await read({ 'm/dt=2013-04-01/hour=09/f.gz': text })).toEqual(['b']);
  });

  it('crosses midnight', async () => {
    const store = new MemoryStore();
    await store.write('predictions/m/dt=2013-03-31/hour=23/f.gz', gzipSync(line('a', '00:01:00')));
    const found = await readPredictions(store, 'm', at('00:00:00'), at('00:10:00'));
    expect(found.map(({ inputs }) => inputs)).toEqual([{ city: 'ü' }]);
  });

  it('reads no other model', async () => {
    expect(await read({ 'm2/dt=2013-04-01/hour=10/f.gz': line('a', '10:30:00') })).toEqual([]);
  });
});
