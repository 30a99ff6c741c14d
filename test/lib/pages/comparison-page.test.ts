import { describe, expect, it } from 'vitest';
import { compareRuns } from '#core/compare/compare-runs.ts';
import type { RunFacts } from '#core/compare/run-facts.ts';
import { comparisonPage } from '#lib/pages/comparison-page.ts';
import { about, facts } from '../../core/compare/facts.ts';
import { evaluatedFacts, otherTask, trials } from './evaluated.ts';

const pageOf = (a: RunFacts, b: RunFacts) => comparisonPage(a, b, compareRuns(a, b));
const headings = (page: string) => [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, text]) => text);
const a = evaluatedFacts(1, 0.2);
const b = evaluatedFacts(2, 0.8, { trials, datasets: { trips: 5 } });
const full = await pageOf(a, b);

describe('the comparison page', () => {
  it('shows all that both are known by', () => {
    expect(headings(full)).toEqual([
      'The two',
      'What differs',
      'Metrics',
      'Learning',
      'Honest probabilities',
      'Importance',
      'Groups',
      'Search of trips-late@2',
    ]);
    expect(full.match(/<svg /g)).toHaveLength(6);
  });

  it('opens with the verdict', () => {
    expect(full).toMatch(
      /<p class="verdict">trips-late@2 has the better logLoss .* on other test rows.*<\/p>/,
    );
  });

  it('lists what differs and leaves out what is equal', () => {
    expect(full).toMatch(
      /<th scope="row">trips<\/th><td>data<\/td><td><code>4<\/code><\/td><td><code>5<\/code>/,
    );
    expect(full).not.toContain('>libraries<');
  });

  it('draws both sides in every picture, in the colours of the page', () => {
    const pictures = [...full.matchAll(/<svg [\s\S]*?<\/svg>/g)].map(([svg]) => svg);
    for (const svg of pictures.slice(0, 5)) {
      expect(svg).toContain('var(--a)');
      expect(svg).toContain('var(--b)');
    }
    expect(pictures[5]).toContain('var(--b)');
    expect(pictures[5]).not.toContain('var(--a)');
  });

  it('lists the trials of a search and makes the best line stand out', () => {
    expect(full).toContain('6 trials: 4 completed, 1 stopped early, 1 failed.');
    expect(full).toContain('<code>out of memory</code>');
    expect(full.match(/stroke-width="3"/g)).toHaveLength(1);
  });

  it('asks for nothing from anywhere', () => {
    const loads = /<script|<link|<img|<iframe|<image|\bsrc=|\bhref=|url\((?!#)|@import/i;
    expect(full).not.toMatch(loads);
    const addresses = full.match(/https?:\/\/[^"'\s<]+/g) ?? [];
    expect([...new Set(addresses)]).toEqual(['http://www.w3.org/2000/svg']);
    expect(full).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('is the same page for the same runs', async () => {
    expect(await pageOf(a, b)).toBe(full);
  });
});

describe('a page of runs that left less', () => {
  it('says that a failed run has no evaluation, and draws nothing', async () => {
    const failed = facts({
      name: 'run-7',
      version: null,
      spec: null,
      status: 'failed',
      metrics: {},
      algorithm: null,
    });
    const page = await pageOf(a, failed);
    expect(page).toContain('run-7 (failed) has no evaluation');
    expect(page.match(/<svg /g)?.length).toBe(4);
  });

  it('has no pictures when neither left any', async () => {
    const page = await pageOf(facts({ metrics: {} }), facts({ metrics: {}, runId: 'run-2' }));
    expect(headings(page)).toEqual(['The two']);
    expect(page).not.toContain('<svg');
  });

  it('shows errors of a regression and reliability of a multiclass model', async () => {
    const regression = otherTask('regression');
    expect(headings(await pageOf(regression, regression))).toContain('Errors');
    const multiclass = otherTask('multiclass');
    expect(headings(await pageOf(multiclass, multiclass))).toContain('Honest probabilities');
  });

  it('draws ten thousand rounds as lines of some hundred points', async () => {
    const history = Array.from({ length: 10_000 }, (_, round) => ({
      round,
      metric: 'rmse',
      validation: 1 / (round + 1),
    }));
    const page = await pageOf(evaluatedFacts(1, 0.5, { history }), evaluatedFacts(2, 0.5, { history }));
    expect(page.length).toBeLessThan(250_000);
    expect(page).toContain('>rmse<');
  });
});

it('names of others are text, wherever they are shown', async () => {
  const hostile = `<img src=x onerror="alert(1)">`;
  const first = evaluatedFacts(1, 0.3);
  const evaluation = {
    ...first.evaluation,
    slices: first.evaluation?.slices.map((slice) => ({
      ...slice,
      by: hostile,
      groups: slice.groups.map((group) => ({ ...group, group: hostile })),
    })),
    robustness: { permutation: [{ feature: hostile, increase: 0.1 }] },
  } as unknown as NonNullable<RunFacts['evaluation']>;
  const evil = evaluatedFacts(1, 0.3, {
    name: hostile,
    codeVersion: hostile,
    parameters: { [hostile]: hostile },
    evaluation,
    metrics: { ...first.metrics, [hostile]: about(1, 0.1) },
    history: [0, 1].map((round) => ({ round, metric: hostile, validation: round })),
    trials: trials.map((trial) => ({ ...trial, candidate: hostile, error: hostile })),
  });
  const page = await pageOf(evil, b);
  expect(page).not.toContain('<img');
  expect(page).toContain('&lt;img src=x');
});
