import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderOf } from '#lib/pipelines/list-hours.ts';
import { type OutcomeWindow, readOutcomes } from '#lib/pipelines/read-outcomes.ts';
import { MOST_LOG } from '#lib/pipelines/read-predictions.ts';
import { at, idAt, prediction, truth } from '#test/core/serve/truths.ts';
import { MemoryStore } from '#test/support/memory-store.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const instant = (seconds: number) => Date.parse(at(seconds));

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});

/** An object a line, longer by so many characters. */
const leave = (kind: 'predictions' | 'truth', lines: readonly { readonly at: string }[], longer = 0) =>
  Promise.all(
    lines.map((line, index) => {
      const folder = `${kind}/m/${folderOf(Date.parse(line.at))}`;
      return store.write(
        `${folder}/${index}.jsonl.gz`,
        gzipSync(`${JSON.stringify(line)}${' '.repeat(longer)}\n`),
      );
    }),
  );

const read = async (window: Partial<OutcomeWindow> = {}) => {
  const all = { from: instant(0), to: instant(2 * DAY), asOf: instant(9 * DAY), within: '3 days' };
  const { joined } = await readOutcomes(store, 'm', { ...all, ...window });
  return joined.outcomes.map((outcome) => outcome.prediction.id);
};

describe('readOutcomes', () => {
  it('finds truth of any day up to now', async () => {
    await leave('predictions', [prediction(10), prediction(20 * HOUR)]);
    await leave('truth', [truth(DAY + 10, { id: idAt(20 * HOUR) }), truth(2 * DAY + 5, { id: idAt(10) })]);
    expect(await read()).toEqual([idAt(10), idAt(20 * HOUR)]);
    expect(await read({ asOf: instant(2 * DAY + 5) })).toEqual([idAt(20 * HOUR)]);
  });

  it('tells of the predictions of its window alone', async () => {
    await leave('predictions', [prediction(10), prediction(20), prediction(30)]);
    await leave(
      'truth',
      [10, 20, 30].map((second) => truth(40, { id: idAt(second) })),
    );
    expect(await read({ from: instant(20), to: instant(30) })).toEqual([idAt(20)]);
  });

  it('leaves out truth that came too late', async () => {
    await leave('predictions', [prediction(10)]);
    await leave('truth', [truth(3 * DAY + 11, { id: idAt(10) })]);
    expect(await read()).toEqual([]);
    expect(await read({ within: '4 days' })).toEqual([idAt(10)]);
  });

  it('takes the newest objects of an hour that holds more than can be read at once, and says from when', async () => {
    await leave('predictions', [prediction(25), prediction(20), prediction(30)], (MOST_LOG * 2) / 5);
    await leave(
      'truth',
      [5, 20, 25, 27, 30].map((second) => truth(40, { id: idAt(second) })),
    );
    const window = { from: instant(0), to: instant(HOUR), asOf: instant(DAY), within: '3 days' };
    const { predictions, from, joined } = await readOutcomes(store, 'm', window);
    expect(predictions.map(({ id }) => id)).toEqual([idAt(20), idAt(30)]);
    expect(from).toBe(instant(25) + 1);
    expect(joined.outcomes).toHaveLength(2);
    // Of what was not read nobody knows whether it was predicted.
    expect(joined.unknown).toBe(1);
  });

  it('takes the newest object, however large', async () => {
    await leave('predictions', [prediction(10)], MOST_LOG);
    await leave('truth', [truth(40, { id: idAt(10) })]);
    expect(await read()).toEqual([idAt(10)]);
  });

  it('is empty where nothing was said', async () => {
    await leave('predictions', [prediction(10)]);
    expect(await read()).toEqual([]);
  });
});
