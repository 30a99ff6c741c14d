import { describe, expect, it } from 'vitest';
import { noCounts } from '#core/registry/served-counts.ts';
import { LATENCY_BOUNDS, SCORE_BINS, type ServedCounts } from '#core/registry/serving-records.ts';
import { latencyQuantile } from '#core/rollout/judge-latency.ts';
import { judgeRollout } from '#core/rollout/judge-rollout.ts';
import { RolloutSpec } from '#core/spec/rollout.ts';

const { health } = RolloutSpec.parse({});
const BUCKET_OF_4_MS = LATENCY_BOUNDS.indexOf(4);
const bucketOf = (ms: number) => LATENCY_BOUNDS.indexOf(ms);

/** Requests of one row, all in one latency bucket and spread evenly over the score bins. */
function served(requests: number, change: Partial<ServedCounts> & { ms?: number } = {}): ServedCounts {
  const { ms = 4, ...others } = change;
  const latency = noCounts().latency.map((_, bucket) => (bucket === bucketOf(ms) ? requests : 0));
  return {
    requests,
    rows: requests,
    errors: 0,
    latency,
    scores: Array(SCORE_BINS).fill(requests / SCORE_BINS),
    ...others,
  };
}

const judge = (
  champion: ServedCounts,
  candidate: ServedCounts,
  change: Partial<typeof health> = {},
  binned = true,
) => judgeRollout({ counts: { champion, candidate }, binned }, { ...health, ...change });

describe('a challenger', () => {
  it('that does as the champion does is sound', () => {
    expect(judge(served(2000), served(2000))).toEqual({ breaches: [], notes: [] });
  });

  it('that fails everything is taken back after 6 requests at 10 %, after 15 beside as many or fewer', () => {
    const failed = (requests: number) => ({ ...noCounts(), requests, errors: requests });
    expect(judge(served(45), failed(5)).breaches).toEqual([]);
    expect(judge(served(54), failed(6)).breaches).toEqual([
      'errors: the challenger failed 6 of 6 requests (100 %), the champion 0 of 54 requests (0 %); 1 % more are allowed',
    ]);
    for (const champion of [14, 2]) {
      expect(judge(served(champion), failed(14)).breaches).toEqual([]);
      expect(judge(served(champion), failed(15)).breaches).toHaveLength(1);
    }
  });

  it('that fails everything is taken back even if the champion was asked nothing', () => {
    const failed = { ...noCounts(), requests: 20, errors: 20 };
    expect(judge(noCounts(), failed).breaches[0]).toMatch(/^errors: the challenger failed 20 of 20 requests/);
  });

  it('may fail as often as a champion that fails, too', () => {
    const failing = served(5000, { errors: 4000 });
    expect(judge(failing, failing).breaches).toEqual([]);
  });

  it('may fail one percent more often, and no two percent', () => {
    const [champion, one, three] = [0, 500, 1500].map((errors) => served(50_000, { errors }));
    expect(judge(champion as ServedCounts, one as ServedCounts).breaches).toEqual([]);
    expect(judge(champion as ServedCounts, three as ServedCounts).breaches).toHaveLength(1);
    expect(judge(champion as ServedCounts, three as ServedCounts, { errors: 0.03 }).breaches).toEqual([]);
  });

  it('may take three times as long, and not five times', () => {
    expect(judge(served(1000), served(200, { ms: 8 })).breaches).toEqual([]);
    expect(judge(served(1000), served(200, { ms: 16 })).breaches).toEqual([
      'latency: 95 of 100 requests took the challenger up to 15.8 ms, the champion 3.94 ms, perhaps 3.97 ms; up to 11.9 ms are allowed (200 requests)',
    ]);
    expect(judge(served(1000), served(200, { ms: 16 }), { slower: 5 }).breaches).toEqual([]);
  });

  it('is not judged by its latency before 193 requests of the champion bound what that takes', () => {
    const slow = served(1000, { ms: 64 });
    expect(judge(served(192), slow)).toEqual({
      breaches: [],
      notes: ['latency not judged: 192 timed requests of the champion do not bound its 95th percentile'],
    });
    expect(judge(served(193), slow).breaches).toHaveLength(1);
  });

  it('may take a few milliseconds more, however fast the champion is', () => {
    expect(judge(served(1000, { ms: 0.5 }), served(1000, { ms: 4 })).breaches).toEqual([]);
    expect(judge(served(1000, { ms: 0.5 }), served(1000, { ms: 8 })).breaches).toHaveLength(1);
  });

  it('may have a few slow requests: one in a hundred is no 95th percentile', () => {
    const latency = [...served(990).latency];
    latency[LATENCY_BOUNDS.length] = 10;
    expect(judge(served(1000), served(1000, { latency })).breaches).toEqual([]);
  });

  it('whose scores moved is taken back, and one whose scores moved a little is not', () => {
    const all = (bin: number) => Array.from({ length: SCORE_BINS }, (_, at) => (at === bin ? 1000 : 0));
    const little = served(1000).scores.map((count, bin) => count * (bin < 10 ? 1.3 : 0.7));
    const { breaches } = judge(served(1000), served(1000, { scores: all(3) }));
    expect(breaches).toHaveLength(1);
    expect(breaches[0]).toMatch(
      /^scores: the challenger's are distributed unlike the champion's, PSI [\d.]+; 0.5 is allowed/,
    );
    expect(judge(served(1000), served(1000, { scores: little })).breaches).toEqual([]);
  });

  it('is not judged by few requests of many rows: alike rows are no evidence', () => {
    const scores = Array.from({ length: SCORE_BINS }, (_, bin) => (bin === 3 ? 20_000 : 0));
    const { breaches, notes } = judge(served(1000), served(20, { rows: 20_000, scores }));
    expect(breaches).toEqual([]);
    expect(notes).toContain(
      'scores not judged: the challenger has 20 and the champion 1000 scored requests, 100 of each are needed',
    );
  });

  it('of few requests is judged by its errors alone, and the notes say what is missing', () => {
    expect(judge(served(500), served(30))).toEqual({
      breaches: [],
      notes: [
        'latency not judged: the challenger has 30 and the champion 500 timed requests, 100 of each are needed',
        'scores not judged: the challenger has 30 and the champion 500 scored requests, 100 of each are needed',
      ],
    });
    expect(judge(served(500), noCounts()).notes[0]).toBe(
      'errors not judged: the challenger was not asked yet',
    );
  });

  it('of a regression without bins is not judged by its scores', () => {
    const { notes } = judge(served(500), served(500), {}, false);
    expect(notes).toEqual([
      'scores not judged: too few logged predictions to make bins of when the rollout began',
    ]);
  });

  it('with several faults is told all of them', () => {
    const scores = Array.from({ length: SCORE_BINS }, (_, bin) => (bin === 19 ? 1000 : 0));
    const { breaches } = judge(served(1000), served(1000, { errors: 300, ms: 64, scores }));
    expect(breaches.map((sentence) => sentence.split(':')[0])).toEqual(['errors', 'latency', 'scores']);
  });
});

describe('a latency percentile from buckets', () => {
  it('lies where its share of the bucket lies', () => {
    const latency = noCounts().latency.map((_, bucket) => (bucket === BUCKET_OF_4_MS ? 100 : 0));
    const low = LATENCY_BOUNDS[BUCKET_OF_4_MS - 1] as number;
    expect(latencyQuantile(latency, 0.95)).toBeCloseTo(low + 0.95 * (4 - low), 10);
    expect(latencyQuantile([100, ...noCounts().latency.slice(1)], 0.5)).toBe(0.125);
  });

  it('in the bucket without an end is above the last bound', () => {
    const latency = [...noCounts().latency.slice(1), 10];
    expect(latencyQuantile(latency, 0.95)).toBeGreaterThan(LATENCY_BOUNDS.at(-1) as number);
  });
});
