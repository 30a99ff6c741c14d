import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutWindow, gridWindows } from '#core/monitor/windows.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LATE = 75 * MINUTE;
const at = (text: string) => Date.parse(`2026-01-02T${text}Z`);
const named = (windows: readonly { from: number; to: number }[]) =>
  windows.map(({ from, to }) =>
    [from, to].map((instant) => new Date(instant).toISOString().slice(11, 16)).join('-'),
  );

describe('gridWindows', () => {
  it('begins with the newest window that is complete, and goes back as far as rows may have come late', () => {
    expect(named(gridWindows(at('10:59:59'), HOUR, LATE))).toEqual(['09:00-10:00', '08:00-09:00']);
    expect(named(gridWindows(at('11:00:00'), HOUR, LATE))).toEqual([
      '10:00-11:00',
      '09:00-10:00',
      '08:00-09:00',
    ]);
  });

  it('looks at a window that is longer than rows are late once more, and no further', () => {
    const day = 24 * HOUR;
    expect(gridWindows(at('00:30:00'), day, LATE)).toEqual([
      { from: at('00:00:00') - day, to: at('00:00:00') },
      { from: at('00:00:00') - 2 * day, to: at('00:00:00') - day },
    ]);
    expect(gridWindows(at('23:30:00'), day, LATE)).toHaveLength(1);
  });

  const spans = fc.record({
    until: fc.integer({ min: 10 ** 12, max: 2 * 10 ** 12 }),
    every: fc.integer({ min: MINUTE, max: 40 * 24 * HOUR }),
    late: fc.integer({ min: 0, max: 3 * HOUR }),
  });

  it('is the same grid whenever it is asked: whole, aligned windows, side by side, all complete', () => {
    fc.assert(
      fc.property(spans, ({ until, every, late }) => {
        const windows = gridWindows(until, every, late);
        const newest = windows[0]?.to as number;
        expect(newest).toBeLessThanOrEqual(until);
        expect(newest).toBeGreaterThan(until - every);
        for (const [index, { from, to }] of windows.entries()) {
          expect(to % every).toBe(0);
          expect(to - from).toBe(every);
          expect(to).toBe(newest - index * every);
        }
      }),
    );
  });

  it('sees every late row: a run at most `every` after it came looks at its window', () => {
    fc.assert(
      fc.property(spans, fc.nat(), fc.nat(), ({ until: answered, every, late }, a, b) => {
        const delivered = answered + (a % (late + 1));
        const windowEnd = (Math.floor(answered / every) + 1) * every;
        const run = Math.max(delivered, windowEnd) + (b % every);
        const holds = gridWindows(run, every, late).some(({ from, to }) => from <= answered && answered < to);
        expect(holds).toBe(true);
      }),
    );
  });
});

describe('cutWindow', () => {
  const window = { from: at('10:15:00'), to: at('13:45:00') };
  const sized = (...bytes: number[]) =>
    new Map(bytes.map((size, index) => [at('10:00:00') + index * HOUR, size] as const));

  it('leaves a window whole that fits one part', () => {
    expect(cutWindow(window, sized(50, 50), 100)).toEqual([window]);
    expect(cutWindow(window, new Map(), 100)).toEqual([window]);
  });

  it('cuts the hours with the most bytes the finest', () => {
    const parts = cutWindow({ from: at('10:00:00'), to: at('12:00:00') }, sized(300, 100), 100);
    expect(named(parts)).toEqual(['10:00-10:15', '10:15-10:30', '10:30-10:45', '10:45-11:00', '11:00-12:00']);
  });

  it('cuts what was all delivered an hour later', () => {
    const parts = cutWindow({ from: at('10:00:00'), to: at('11:00:00') }, sized(0, 400), 100);
    expect(named(parts)).toEqual(['10:00-10:15', '10:15-10:30', '10:30-10:45', '10:45-11:00']);
  });

  it('puts every instant of the window into exactly one part, of at most 1,000', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 * HOUR }),
        fc.integer({ min: 1, max: 100 * HOUR }),
        fc.array(fc.integer({ min: 0, max: 10 ** 9 }), { maxLength: 110 }),
        fc.integer({ min: 1, max: 10 ** 9 }),
        (from, length, bytes, most) => {
          const whole = { from, to: from + length };
          const hours = new Map(bytes.map((size, hour) => [hour * HOUR, size] as const));
          const parts = cutWindow(whole, hours, most);
          expect(parts.length).toBeGreaterThan(0);
          expect(parts.length).toBeLessThanOrEqual(1000);
          expect([parts[0]?.from, parts.at(-1)?.to]).toEqual([whole.from, whole.to]);
          for (const [index, part] of parts.entries()) {
            expect(part.from).toBeLessThan(part.to);
            if (index > 0) expect(part.from).toBe(parts[index - 1]?.to);
          }
        },
      ),
    );
  });
});
