import { describe, expect, it } from 'vitest';
import type { LabelQuestion } from '#ports/preparation.ts';
import { trips, tripsLate } from '#test/support/trips.ts';
import { hourly, instant, part, preparer } from './prepare-trips.ts';

const of = (hour: number) => new Date(instant(hour)).toISOString();

async function survey(question: Partial<LabelQuestion> = {}) {
  const older = hourly(10, (row) => (row === 9 ? { delay: null } : {}));
  // Corrects the sixth hour and tells the tenth; the eleventh is not known yet.
  const newer = hourly(11, (row) => (row === 10 ? { delay: null } : {})).filter(
    (_, row) => row === 5 || row > 8,
  );
  const parts = [await part(trips, older), await part(trips, newer)];
  return preparer.surveyLabels({ model: tripsLate(), parts, ...question });
}

describe('a survey of labels', () => {
  it('counts each labelled row once, and needs no joined dataset', async () => {
    expect(await survey()).toEqual({ rows: 10, from: of(0), to: of(9), newestFrom: of(9) });
  });

  it('counts those after an instant, which is not included', async () => {
    expect(await survey({ after: of(6) })).toMatchObject({ rows: 3, from: of(7), to: of(9) });
    expect(await survey({ after: of(9) })).toEqual({ rows: 0, from: null, to: null, newestFrom: null });
  });

  it('counts those that the model may learn from', async () => {
    expect(await survey({ model: tripsLate({ since: of(4) }) })).toMatchObject({ rows: 6, from: of(4) });
  });

  it('says from when on the newest are', async () => {
    expect(await survey({ newest: 3 })).toMatchObject({ rows: 10, newestFrom: of(7) });
    expect(await survey({ newest: 10 })).toMatchObject({ newestFrom: of(0) });
    expect(await survey({ newest: 11 })).toMatchObject({ newestFrom: null });
  });

  it('is not feasible without parts', async () => {
    await expect(survey({ parts: [] })).rejects.toThrow(
      'trips-late: expected at least one part of dataset trips, got none',
    );
  });
});
