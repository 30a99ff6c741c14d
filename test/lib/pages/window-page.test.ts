import { describe, expect, it } from 'vitest';
import { columnDrift } from '#core/drift/column-drift.ts';
import { categoricalProfile, numericProfile, sharesOf } from '#core/drift/profile.ts';
import type { WindowReport, WindowTruth } from '#core/monitor/report.ts';
import { windowPage } from '#lib/pages/window-page.ts';
import { inputDriftOf, windowRecordOf, windowReportOf } from '#test/support/window-reports.ts';

const pageOf = (report: WindowReport) => windowPage(report, []);
const verdictOf = (page: string) => /class="verdict[^>]*>(.*?)<\/(?:p|div)>/s.exec(page)?.[1];
const pictured = (page: string) => [...page.matchAll(/<h3>(\S+) <span/g)].map(([, name]) => name);
const headings = (page: string) => [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title);

/** The rows of the section's tables, as texts. */
function rowsOf(page: string, title: string): string[][] {
  const found = page.split('<section>').find((each) => each.includes(`<h2>${title}</h2>`)) ?? '';
  return [...found.matchAll(/<tr><th scope="row">(.*?)<\/tr>/g)].map(([, row = '']) =>
    row.split(/<\/th><td>|<\/td><td>/).map((cell) => cell.replace(/<.*?>/g, '')),
  );
}

const truth: WindowTruth = {
  asOf: '2026-01-03T00:00:00.000Z',
  rows: 900,
  metrics: { auc: { value: 0.61, low: 0.58, high: 0.64 }, ece: { value: 0.05, low: null, high: null } },
  watched: {
    metric: 'auc',
    now: { value: 0.61, low: 0.58, high: 0.64 },
    before: { value: 0.68, low: 0.67, high: 0.69 },
    drop: 0.03,
    margin: 0,
  },
  labels: null,
  labelShares: null,
  groups: [],
};

describe('what a person reads first', () => {
  it('is the model, the span, the version, the rows and the revision', async () => {
    const page = await pageOf(windowReportOf({}, { revision: 3 }));
    expect(page).toContain(
      '2026-01-01 00:00 to 2026-01-01 01:00 (UTC) · 1,000 predictions · against version 2 · revision 3 of 2026-01-01 01:10',
    );
  });

  it('is each cause for attention, in the order of the report', async () => {
    const attention = [
      { cause: 'drift', text: 'km has drifted' },
      { cause: 'quality', text: '5 % of the rows hold what is no hour.' },
    ] as const;
    const page = await pageOf(windowReportOf({ further: 500 }, { attention }));
    expect(verdictOf(page)).toMatch(
      /Needs attention.*<li>km has drifted\.<\/li>\s*<li>5\u00a0% of the rows hold what is no hour\.<\/li>/s,
    );
  });

  it('is that nothing needs attention, and what is not known', async () => {
    expect(verdictOf(await pageOf(windowReportOf()))).toBe(
      'Nothing needs attention. How right the answers were is not known yet.',
    );
    expect(verdictOf(await pageOf(windowReportOf({}, { truth })))).toBe('Nothing needs attention.');
  });

  it('names what moved without an alarm', async () => {
    const inputs = inputDriftOf({ further: 500 }, { shifted: ['hour'], light: ['km'] });
    expect(verdictOf(await pageOf(windowReportOf({}, { inputs, truth })))).toBe(
      'Nothing needs attention. Moved, but not enough for an alarm: hour. Drifted, but the model hardly relies on it: km.',
    );
  });

  it('is that there were too few rows, never that all is well', async () => {
    const page = await pageOf(windowReportOf({ rows: 60 }));
    expect(verdictOf(page)).toMatch(/^60 rows are too few to judge drift: a window needs at least 200\./);
    expect(page).not.toContain('Nothing needs attention');
    expect(verdictOf(await pageOf(windowReportOf({ rows: 1 })))).toContain('1 row is too few');
    const unlike = await pageOf(windowReportOf({}, { compared: 100 }));
    expect(verdictOf(unlike)).toContain('100 rows are too few');
  });

  it('is that nobody asked, where nobody did', async () => {
    const page = await pageOf(windowReportOf({ rows: 0 }));
    expect(verdictOf(page)).toBe('Nobody asked the model: there is nothing to judge.');
    expect(headings(page)).toEqual(['Window by window', 'Performance with truth', 'What the figures are']);
  });
});

describe('the time line', () => {
  const dots = (page: string) => page.match(/aria-roledescription="point"/g)?.length ?? 0;

  it('has this window once among those that are known, also those after it', async () => {
    const report = windowReportOf();
    const again = windowRecordOf(24, { from: report.from, to: report.to });
    const page = await windowPage(report, [
      windowRecordOf(23),
      windowRecordOf(22),
      windowRecordOf(30),
      again,
    ]);
    expect(page).toContain('4 windows; this one has the large dots.');
    expect(dots(page)).toBe(8);
    expect(page).toContain('the alarm, PSI 0.2');
  });

  it('leaves a window of too few rows out of what the alarm looks at', async () => {
    const page = await windowPage(windowReportOf(), [windowRecordOf(23, { alarmPsi: null })]);
    expect(dots(page)).toBe(3);
  });

  it('shows performance beside its estimate, named an estimate, where there is either', async () => {
    const page = await windowPage(windowReportOf(), [windowRecordOf(23)]);
    expect(page).not.toContain('estimate without truth');
    const performance = { metric: 'auc', value: 0.7, low: 0.6, high: 0.8, rows: 500 };
    const estimate = {
      method: 'confidence-based',
      rows: 1000,
      watched: 'auc',
      metrics: { brier: 0.2, auc: 0.69 },
    } as const;
    const known = await windowPage(windowReportOf({}, { estimate }), [windowRecordOf(23, { performance })]);
    expect(known).toContain('estimate without truth');
    expect(known).toContain('Performance: auc. The dashed line is an estimate');
    expect(dots(known)).toBe(4 + 2);
  });

  it('before its own truth is known shows the metric that was watched last, in whatever order the windows come', async () => {
    const watched = (metric: string) => ({
      performance: { metric, value: 0.7, low: 0.6, high: 0.8, rows: 500 },
    });
    const windows = [windowRecordOf(22, watched('auc')), windowRecordOf(23, watched('logLoss'))];
    for (const history of [windows, windows.toReversed()])
      expect(await windowPage(windowReportOf(), history)).toContain('Performance: logLoss.');
  });

  it('has the newest 200 windows, and this one however old it is', async () => {
    const many = Array.from({ length: 250 }, (_, hour) => windowRecordOf(100 + hour));
    expect(await windowPage(windowReportOf(), many)).toContain('200 windows; this one');
  });

  it('is not drawn of one window', async () => {
    const page = await pageOf(windowReportOf());
    expect(page).toContain('No other window is known.');
    expect(dots(page)).toBe(0);
  });
});

describe('the inputs', () => {
  it('are in the order of weight x drift, the drifted ones first', async () => {
    const weights = { km: 0.01, hour: 0.5, city: 0.49 };
    const inputs = inputDriftOf({ further: 500, weights });
    const columns = inputs.columns.map((each) => ({ ...each, psi: each.column === 'km' ? 5 : 0.1 }));
    const page = await pageOf(windowReportOf({}, { inputs: { ...inputs, columns } }));
    expect(pictured(page)).toEqual(['km', 'hour', 'city']);
    expect(rowsOf(page, 'Every column in numbers').map(([name]) => name)).toEqual(['km', 'hour', 'city']);
    const light = { ...inputs, columns, drifted: ['km', 'hour'] };
    expect(pictured(await pageOf(windowReportOf({}, { inputs: light })))).toEqual(['km', 'hour', 'city']);
    const heavy = { ...light, columns: columns.map((each) => ({ ...each, psi: 1 })) };
    expect(pictured(await pageOf(windowReportOf({}, { inputs: heavy })))).toEqual(['hour', 'km', 'city']);
  });

  it('are by drift alone where no weight is known', async () => {
    const inputs = inputDriftOf({}, { drifted: [] });
    const psi: Record<string, number> = { km: 0.1, hour: 0.3, city: 0.2 };
    const columns = inputs.columns.map((each) => ({ ...each, psi: psi[each.column] as number }));
    const page = await pageOf(windowReportOf({}, { inputs: { ...inputs, columns } }));
    expect(pictured(page)).toEqual(['hour', 'city', 'km']);
    expect(page).not.toContain('the model relies on it for');
  });

  it('tell what the model relies on, and every measure', async () => {
    const inputs = inputDriftOf({ further: 500, weights: { km: 0.08, hour: 0 } });
    const page = await pageOf(windowReportOf({}, { inputs }));
    expect(page).toContain('the model relies on it for 8 %');
    expect(page).toContain('the model does not rely on it');
    const [km] = rowsOf(page, 'Every column in numbers');
    expect(km?.slice(0, 2)).toEqual(['km', '8 %']);
    expect(km).toContain('drifted');
    expect(km).toContain('&lt; 0.0001');
    expect(km).not.toContain('-');
  });

  it('have a picture each up to twenty, the rest in the table', async () => {
    const values = Array.from({ length: 300 }, (_, index) => index);
    const baseline = Array.from({ length: 23 }, (_, index) =>
      numericProfile(`c${index}`, [100, 200], values),
    );
    const page = await pageOf(windowReportOf({ baseline }));
    expect(pictured(page)).toHaveLength(20);
    expect(page).toContain('3 more columns are in the table below.');
    expect(rowsOf(page, 'Every column in numbers')).toHaveLength(23);
  });

  it('a column that drifted alone but not among all, or too light for an alarm, is not called drifted only', async () => {
    const alone = inputDriftOf({ further: 500 }, { drifted: [] });
    expect(await pageOf(windowReportOf({}, { inputs: alone }))).toContain('chance, among so many columns');
    const light = inputDriftOf({ further: 500 }, { light: ['km'] });
    const page = await pageOf(windowReportOf({}, { inputs: light }));
    expect(rowsOf(page, 'Every column in numbers')[0]?.at(-1)).toBe('drifted, light');
    expect(page).toContain('raises no alarm');
  });

  it('are told against the window before, where there is one', async () => {
    expect(headings(await pageOf(windowReportOf()))).not.toContain('Against the window before');
    const before = {
      from: '2025-12-31T23:00:00.000Z',
      to: '2026-01-01T00:00:00.000Z',
      inputs: inputDriftOf({ further: 500 }),
    };
    const page = await pageOf(windowReportOf({}, { before }));
    expect(page).toContain(
      '1 of 3 columns moved more than sampling noise explains since the window from 2025-12-31 23:00',
    );
    expect(rowsOf(page, 'Against the window before')[0]?.[0]).toBe('km');
    const few = await pageOf(windowReportOf({ rows: 60 }, { before }));
    expect(few).toContain('Too few rows to say what moved since the window from');
  });

  it('that are sensitive are named', async () => {
    const inputs = inputDriftOf({}, { sensitive: ['passenger'] });
    expect(rowsOf(await pageOf(windowReportOf({}, { inputs })), 'Not compared')).toEqual([['passenger']]);
  });
});

describe('answers', () => {
  it('are beside those on the test rows', async () => {
    const reference = numericProfile('prediction', [0.2, 0.5], [0.1, 0.3, 0.6, 0.7]);
    const window = numericProfile('prediction', [0.2, 0.5], [0.1, 0.1, 0.1, 0.7]);
    const page = await pageOf(
      windowReportOf(
        {},
        {
          predictions: columnDrift(reference, window),
          predictionShares: { baseline: { rows: 4, shares: sharesOf(reference) }, window },
        },
      ),
    );
    expect(page).toContain('against its answers on its test rows: too few rows.');
  });

  it('rely on features as they did, or not', async () => {
    const attribution = {
      ndcg: 0.85,
      threshold: 0.9,
      rows: 500,
      features: [{ feature: 'km', before: 0.9, now: 0.1 }],
    };
    const page = await pageOf(windowReportOf({}, { attribution }));
    expect(page).toContain(
      'nDCG of the ranking is 0.85, and below 0.9 it has changed: the ranking has changed.',
    );
    const same = await pageOf(windowReportOf({}, { attribution: { ...attribution, ndcg: 0.9 } }));
    expect(same).toContain('the ranking is the same, or nearly so.');
  });

  it('select groups at rates with intervals, and a breach is named', async () => {
    const group = (name: string | null, breached: boolean) => ({
      group: name,
      rows: 400,
      selectionRate: { value: 0.5, low: 0.45, high: 0.55 },
      disparateImpact: breached ? 0.6 : 1,
      breached,
    });
    const groups = [
      {
        by: 'origin',
        missing: [],
        rows: 800,
        reference: { group: 'EWR' },
        groups: [group('EWR', false), group(null, true)],
      },
    ];
    expect(rowsOf(await pageOf(windowReportOf({}, { groups })), 'Groups')).toEqual([
      ['EWR', '400', '50 % (45 % to 55 %)', '1', ''],
      ['(none)', '400', '50 % (45 % to 55 %)', '0.6', 'breached'],
    ]);
    const more = groups.map((each) => ({ ...each, rows: 4800, other: 4000 }));
    expect(await pageOf(windowReportOf({}, { groups: more }))).toContain(
      'origin: 4,000 rows are of other groups than the 200 that are counted apart.',
    );
    expect(await pageOf(windowReportOf({}, { groups }))).not.toContain('other groups');
  });

  it('say nothing of groups that the log does not keep', async () => {
    const hidden = { by: 'race', missing: ['race'], rows: 0, reference: null, groups: [] };
    expect(await pageOf(windowReportOf({}, { groups: [hidden] }))).toContain(
      'race: not known, the log does not keep race.',
    );
  });

  it('come of data as declared, or what breaks it is in a table', async () => {
    expect(await pageOf(windowReportOf())).toContain('All values of 1,000 rows are as the dataset declares');
    const quality = {
      violations: 6,
      threshold: 0.05,
      columns: [{ column: 'hour', nulls: 1, types: 2, ranges: 3 }],
      missing: [
        { column: 'hour', before: 0, now: 0.001 },
        { column: 'city', before: 0.1, now: 0.4 },
      ],
    };
    expect(rowsOf(await pageOf(windowReportOf({}, { quality })), 'Data quality')).toEqual([
      ['hour', '1', '2', '3', '0 % to 0.1 %'],
      ['city', '0', '0', '0', '10 % to 40 %'],
    ]);
  });

  it('without truth have an estimate that is called one', async () => {
    const estimate = {
      method: 'confidence-based',
      rows: 1000,
      watched: 'auc',
      metrics: { auc: 0.6912 },
    } as const;
    const page = await pageOf(windowReportOf({}, { estimate }));
    expect(page).toContain('an estimate, not a measurement');
    expect(rowsOf(page, 'Performance, estimated without truth')).toEqual([['auc', '0.691']]);
    expect(page).toContain('No truth of this window yet.');
  });
});

describe('truth', () => {
  it('has metrics with intervals, the watched one beside what it was', async () => {
    const page = await pageOf(windowReportOf({}, { truth }));
    expect(page).toContain('900 rows have a truth by 2026-01-03 00:00 (UTC).');
    expect(page).toContain('auc is surely worse than when version 2 was judged, by at least 0.03.');
    expect(rowsOf(page, 'Performance with truth')).toEqual([
      ['auc', '0.61 (0.58 to 0.64)', '0.68 (0.67 to 0.69)'],
      ['ece', '0.05', '-'],
    ]);
    const margin = { ...truth, watched: { ...truth.watched, margin: 0.01 } } as WindowTruth;
    expect(await pageOf(windowReportOf({}, { truth: margin }))).toContain('at least 0.03; 0.01 is allowed.');
    const sound = { ...truth, watched: { ...truth.watched, drop: 0 } } as WindowTruth;
    expect(await pageOf(windowReportOf({}, { truth: sound }))).toContain('auc is not surely worse');
  });

  it('shows the labels, then and now', async () => {
    const [before, window] = [
      categoricalProfile('label', ['false', 'true'], ['true', 'false']),
      categoricalProfile('label', ['false', 'true'], ['true', 'true']),
    ];
    const labelShares = { baseline: { rows: 2, shares: sharesOf(before) }, window };
    const known = { ...truth, labels: columnDrift(before, window), labelShares };
    expect(await pageOf(windowReportOf({}, { truth: known }))).toContain('<h3>The truth itself</h3>');
  });
});

it('asks for nothing from anywhere', async () => {
  const page = await windowPage(windowReportOf({ further: 500 }, { truth }), [windowRecordOf(1)]);
  expect(page).not.toMatch(/<script|<link|<img|<iframe|<image|\bsrc=|\bhref=|url\((?!#)|@import/i);
});

it('names of models, columns, levels, features, groups and metrics are text, whatever they hold', async () => {
  const hostile = '<script>alert(1)</script>';
  const baseline = [categoricalProfile(hostile, [hostile], [hostile])];
  const inputs = inputDriftOf({ baseline }, { sensitive: [hostile], shifted: [hostile] });
  const rate = { value: 0.5, low: null, high: null };
  const page = await windowPage(
    windowReportOf(
      {},
      {
        model: hostile,
        inputs,
        before: { from: hostile, to: hostile, inputs },
        attention: [{ cause: 'drift', text: hostile }],
        attribution: {
          ndcg: 1,
          threshold: 0.9,
          rows: 1,
          features: [{ feature: hostile, before: 1, now: 1 }],
        },
        groups: [
          {
            by: hostile,
            missing: [],
            rows: 1,
            reference: { group: hostile },
            groups: [
              { group: hostile, rows: 1, selectionRate: rate, disparateImpact: null, breached: false },
            ],
          },
        ],
        quality: {
          violations: 1,
          threshold: 0.05,
          columns: [{ column: hostile, nulls: 1, types: 0, ranges: 0 }],
          missing: [],
        },
        estimate: { method: 'confidence-based', rows: 1, watched: null, metrics: { [hostile]: 1 } },
        truth: { ...truth, metrics: { [hostile]: rate } },
      },
    ),
    [windowRecordOf(1)],
  );
  expect(page).not.toContain('<script');
  expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThanOrEqual(12);
});
