import { describe, expect, it } from 'vitest';
import { evaluateBinary } from '#core/evaluate/index.ts';
import type { ApprovalCard } from '#core/registry/approval-card.ts';
import { approvalPage } from '#lib/pages/approval-page.ts';
import {
  labels,
  probabilities,
  share,
  sliceGroup,
  soundEvaluation,
} from '#test/core/evaluate/sound-evaluation.ts';
import { tripsLate } from '#test/support/trips.ts';

const group = (name: string) => ({
  ...{ group: name, rows: 1500, baseRate: share(0.4) },
  ...{ selectionRate: share(0.25), truePositiveRate: share(0.5), falsePositiveRate: share(0.125) },
  ...{ disparateImpact: 0.8, equalOpportunity: 0, falsePositives: 0 },
});
const small = { tooSmall: [], tooSmallCount: 0 };

const card = (changes: Partial<ApprovalCard> = {}): ApprovalCard => ({
  ...{ model: 'trips-late', version: 4, rows: 28_000, algorithm: 'xgboost, 120 rounds' },
  approval: {
    ...{ requestedAt: '2026-05-01T00:00:00.000Z', expiresAt: '2026-05-08T00:00:00.000Z' },
    ...{ sha256: 'abcdef0123', comparedWith: 3 },
  },
  spec: tripsLate({ since: '2026-01-01T00:00:00.000Z' }),
  evaluation: soundEvaluation({
    champion: {
      ...{ version: 3, nonInferiority: null, missing: [] },
      metrics: evaluateBinary(
        labels,
        probabilities.map((value) => value * 0.75),
      ).metrics,
    },
    slices: [
      {
        by: 'origin',
        against: 'champion',
        minRows: 9,
        confidence: 0.9,
        margin: 0,
        groups: [sliceGroup()],
        ...small,
      },
    ],
    fairness: [
      {
        by: 'city',
        minRows: 9,
        reference: { group: 'north' },
        groups: [group('north'), group('south')],
        ...small,
      },
    ],
  }),
  datasets: [
    { dataset: 'trips', version: 7, rows: 40_000 },
    { dataset: 'rain', version: 2, rows: null },
  ],
  weights: { km: 0.75, city: 0.25 },
  ...changes,
});
const headings = (page: string) => [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, text]) => text);

describe('the page about a version that waits for approval', () => {
  it('asks one question, says until when, and opens with the comparison', () => {
    const page = approvalPage(card());
    expect(page).toContain('Shall <span class="b">trips-late@4</span> become champion?');
    expect(page).toContain('before 2026-05-08 00:00 (UTC)');
    expect(page).toContain(
      '<p class="verdict">On the 200 newest rows, which version 4 has not learned from: ',
    );
    expect(page).toContain('of the naive baseline (prior): better by at least');
  });

  it('tells in order what happens, what it is, how it does, for whom, and why', () => {
    expect(headings(approvalPage(card()))).toEqual([
      'What happens',
      'What it predicts',
      'What it learned from',
      'On the same newest rows',
      'Its gates',
      'Groups',
      'Fairness',
      'What drives it',
    ]);
  });

  it('names the bundle, the commands, the data and its rows', () => {
    const page = approvalPage(card());
    for (const text of [
      'abcdef0123',
      'trips@7',
      '40,000 rows',
      '28,000 labelled rows',
      '2026-01-01T00:00:00.000Z',
    ])
      expect(page).toContain(text);
    expect(page).toContain('npx leeboard approve trips-late@4 --reason "..."');
    expect(page).toContain('npx leeboard reject trips-late@4 --reason "..."');
  });

  it('has the metrics of both on the same rows, with intervals, or those of one', () => {
    const both = approvalPage(card());
    const { auc, brier } = evaluateBinary(labels, probabilities).metrics;
    expect(auc.value).toBe(1);
    expect(both).toMatch(/<th scope="row">AUC<\/th><td>1<span class="meta">.*?<td>1<span/);
    const shown = (value: number | null) => String(Number((value as number).toPrecision(4)));
    const [own, other] = [
      brier,
      evaluateBinary(
        labels,
        probabilities.map((value) => value * 0.75),
      ).metrics.brier,
    ];
    expect(both).toContain(
      `<td>${shown(own.value)}<span class="meta"> (${shown(own.low)} to ${shown(own.high)})</span></td><td>${shown(other.value)}<`,
    );
    const alone = approvalPage(card({ evaluation: soundEvaluation() }));
    expect(alone).toContain('<th scope="col">version 4</th></tr>');
  });

  it('shows the heaviest columns first, the first one widest', () => {
    const page = approvalPage(card());
    expect(page.indexOf('>km<')).toBeLessThan(page.indexOf('>city</th><td><div'));
    expect(page).toContain('width: 100.0%');
    expect(page).toContain('width: 33.3%');
    expect(headings(approvalPage(card({ weights: null })))).not.toContain('What drives it');
  });

  it('leaves out groups and fairness that the spec does not ask for', () => {
    const found = headings(approvalPage(card({ evaluation: soundEvaluation() })));
    expect(found).not.toContain('Groups');
    expect(found).not.toContain('Fairness');
  });

  it('asks for nothing from anywhere, and names are text, whatever they hold', () => {
    const hostile = '<script>alert(1)</script>';
    const page = approvalPage(card({ weights: { [hostile]: 1 } }));
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|\bhref=|url\(|@import/i);
    expect(page).toContain('&lt;script&gt;');
  });
});
