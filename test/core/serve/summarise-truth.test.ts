import { describe, expect, it } from 'vitest';
import { joinTruth } from '#core/serve/join-truth.ts';
import { summariseTruth } from '#core/serve/summarise-truth.ts';
import { at, idAt, prediction, truth } from './truths.ts';

const DAY = 86_400;
const rows = Array.from({ length: 11 }, (_, index) =>
  prediction(index * 10, { probability: index / 10, positive: index >= 3 }),
);
/** The truth of the first ten rows, after 1 to 10 seconds. */
const truths = rows.slice(0, 10).map(({ id }, index) => truth(index * 10 + index + 1, { id }, index >= 5));

const summarise = (predictions = rows, told = truths, asOf = 1000) =>
  summariseTruth('binary', predictions, joinTruth(predictions, told, DAY), Date.parse(at(asOf)));

describe('how much is known', () => {
  it('is the share of answered rows with truth, and how long it took', () => {
    // numpy.quantile(range(1, 11), [.5, .9]) is 5.5 and 9.1
    expect(summarise()).toMatchObject({
      rows: 11,
      joined: 10,
      joinRate: 10 / 11,
      delaySeconds: { median: 5.5, p90: 9.1 },
    });
  });

  it('leaves rows out that are too new to be known', () => {
    expect(summarise(rows, truths, 109).joinRate).toBe(1);
    expect(summarise(rows, truths, 110).joinRate).toBe(10 / 11);
  });

  it('is nothing where nothing was told, and unknown where nothing was asked', () => {
    expect(summarise(rows, [])).toMatchObject({ joined: 0, joinRate: 0, delaySeconds: null, versions: [] });
    expect(summarise([], [])).toMatchObject({ rows: 0, joinRate: null });
  });

  it('does not count what a shadow said', () => {
    const shadows = rows.map((row) => ({ ...row, id: `${row.id}~shadow`, variant: 'shadow' as const }));
    expect(summarise([...rows, ...shadows])).toMatchObject({ rows: 11, joined: 10, joinRate: 10 / 11 });
  });

  it('names the rows that were told different actuals, the first hundred', () => {
    const many = Array.from({ length: 120 }, (_, index) => prediction(index));
    const told = many.flatMap(({ id }) => [truth(200, { id }, true), truth(300, { id }, false)]);
    const { conflicts, conflicting } = summarise(many, told);
    expect([conflicts, conflicting.length]).toEqual([120, 100]);
    expect(conflicting[0]).toBe(idAt(0));
  });
});

describe('how good versions were', () => {
  it("is told by version, a shadow's own rows too, at the threshold that was decided by", () => {
    const shadow = {
      ...rows[0],
      id: `${rows[0]?.id}~shadow`,
      version: 2,
      variant: 'shadow',
      positive: true,
    } as never;
    const { versions } = summarise([...rows, shadow]);
    expect(versions.map(({ version, rows: count }) => [version, count])).toEqual([
      [1, 10],
      [2, 1],
    ]);
    // scikit-learn: log_loss, roc_auc_score of 0..0.9 against five 0 and five 1, and at 0.3 eight of ten right.
    expect(versions[0]?.metrics.auc?.value).toBe(1);
    expect(versions[0]?.metrics.accuracy?.value).toBe(0.8);
    expect(versions[0]?.metrics.brier?.value).toBeCloseTo(0.085, 12);
    expect(versions[1]?.metrics.accuracy?.value).toBe(0);
  });

  it('of classes knows one that the version had never seen', () => {
    const answers = [0, 1].map((index) => {
      const { probability, positive, margin, ...logged } = prediction(index) as never as Record<
        string,
        unknown
      >;
      return { ...logged, label: 'a', probabilities: { a: 0.75, b: 0.25 } } as never;
    });
    const told = [truth(5, { id: idAt(0) }, 'a'), truth(5, { id: idAt(1) }, 'c')];
    const { versions } = summariseTruth(
      'multiclass',
      answers,
      joinTruth(answers, told, DAY),
      Date.parse(at(99)),
    );
    expect(versions[0]).toMatchObject({ rows: 2, metrics: { accuracy: { value: 0.5 } } });
  });

  it('of numbers is told in their unit', () => {
    const answers = [1, 2].map((value, index) => {
      const { probability, positive, margin, ...logged } = prediction(index) as never as Record<
        string,
        unknown
      >;
      return { ...logged, value } as never;
    });
    const told = [truth(5, { id: idAt(0) }, 1), truth(5, { id: idAt(1) }, 5)];
    const { versions } = summariseTruth(
      'regression',
      answers,
      joinTruth(answers, told, DAY),
      Date.parse(at(99)),
    );
    expect(versions[0]?.metrics.mae?.value).toBe(1.5);
    expect(versions[0]?.metrics.rmse?.value).toBeCloseTo(Math.sqrt(4.5), 12);
  });
});
