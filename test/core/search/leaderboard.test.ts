import { describe, expect, it } from 'vitest';
import { leaderboard, pickWinner, SearchFailedError } from '#core/search/index.ts';
import { failed, result } from '#test/fixtures/search/results.ts';

const pruned = (number: number, round: number, value: number) =>
  result(number, value, { status: 'pruned', curve: [[round, value]] });

describe('the winner', () => {
  it.each([
    ['maximize', 2],
    ['minimize', 1],
  ] as const)('has the best value: %s', (direction, number) => {
    const results = [result(0, 2), result(1, 1), result(2, 3)];
    expect(pickWinner(results, direction).number).toBe(number);
  });

  it('of equals is the one proposed first, in whatever order the results come', () => {
    const results = [result(2, 1), result(0, 0), result(1, 1)];
    expect(pickWinner(results, 'maximize').number).toBe(1);
    expect(pickWinner(results.toReversed(), 'maximize').number).toBe(1);
  });

  it('is never a trial that was pruned, failed or has no finite value', () => {
    const results = [pruned(0, 5, 9), failed(1, 'x'), result(2, Number.POSITIVE_INFINITY), result(3, 1)];
    expect(pickWinner(results, 'maximize').number).toBe(3);
  });

  it('does not exist when all trials failed: the error names the most frequent cause', () => {
    const results = [failed(0, 'no space left'), failed(1, 'out of memory'), failed(2, 'out of memory')];
    const pick = () => pickWinner(results, 'maximize');
    expect(pick).toThrow(SearchFailedError);
    expect(pick).toThrow(
      'expected at least one completed trial, got none of 3; most often (2 of 3): out of memory',
    );
    expect(() => pickWinner([], 'maximize')).toThrow('expected at least one completed trial, got none of 0');
    expect(() => pickWinner([result(0, null)], 'maximize')).toThrow('most often (1 of 1): value null');
    expect(() => pickWinner([pruned(0, 1, 1)], 'maximize')).toThrow('most often (1 of 1): pruned');
    expect(() => pickWinner([{ ...failed(0, ''), error: undefined }], 'maximize')).toThrow('no error told');
  });
});

describe('the leaderboard', () => {
  const results = [
    failed(6, 'y'),
    failed(0, 'x'),
    result(8, 9, { status: 'pruned' }),
    pruned(7, 3, 9),
    pruned(1, 3, 9),
    pruned(2, 8, 1),
    result(3, 1),
    result(4, 2),
    pruned(5, 8, 2),
  ];

  it('has completed trials first, then pruned ones by how far they came, then failed ones', () => {
    const board = leaderboard(results, 'maximize');
    expect(board.map(({ number }) => number)).toEqual([4, 3, 5, 2, 1, 7, 8, 0, 6]);
    expect(board.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('is plain JSON without curves', () => {
    const board = leaderboard(results, 'maximize');
    expect(JSON.parse(JSON.stringify(board))).toEqual(board);
    expect(board[2]).toEqual({
      rank: 3,
      number: 5,
      candidate: 'xgboost',
      parameters: {},
      status: 'pruned',
      value: 2,
    });
  });
});
