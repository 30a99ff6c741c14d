import { describe, expect, it } from 'vitest';
import type { Run, RunProgress } from '#core/registry/records.ts';
import { describeStage, stagesOf } from '#lib/commands/stages.ts';
import { at } from './deployment.ts';

const entered = (...names: string[]) => names.map((state, index) => ({ state, enteredAt: at(index) }));
const told = (names: string[], status: Run['status'] = 'running', progress?: RunProgress) =>
  stagesOf({
    states: entered(...names),
    run: { status, ...(progress && { progress }) },
    now: at(names.length),
  });
const statuses = (...of: Parameters<typeof told>) =>
  Object.fromEntries(told(...of).map(({ stage, status }) => [stage, status]));

describe('the stages of a training', () => {
  it('are all ahead before it begins', () => {
    expect(new Set(Object.values(statuses([])))).toEqual(new Set(['ahead']));
  });

  it('states that name no stage belong to the one they came in', () => {
    expect(
      statuses(['LeaseTraining', 'CheckFeasibility', 'PrepareTraining', 'TrainModel', 'ChooseVerdict']),
    ).toEqual({
      Prepare: 'done',
      Train: 'at work',
      Evaluate: 'ahead',
      Register: 'ahead',
      Gate: 'ahead',
      Promote: 'ahead',
    });
  });

  it.each(['SearchTrials', 'RunTrial'])('a search is a stage when there is one: %s', (state) => {
    expect(statuses(['PrepareTraining', state])).toMatchObject({ Prepare: 'done', Search: 'at work' });
    expect(statuses(['PrepareTraining', state, 'ProposeMoreTrials'])).toMatchObject({ Search: 'at work' });
    const unsearched = statuses(['PrepareTraining', 'ProposeTrials', 'ChooseSearch', 'TrainModel']);
    expect(Object.keys(unsearched)).not.toContain('Search');
  });

  it('a refused version is not promoted, a failed run stops where it was', () => {
    const names = ['PrepareTraining', 'TrainModel', 'EvaluateModel', 'RegisterModel', 'GateModel'];
    expect(statuses(names, 'refused')).toMatchObject({ Gate: 'done', Promote: 'skipped' });
    expect(statuses(['PrepareTraining', 'RecordFailure'], 'failed')).toMatchObject({
      Prepare: 'stopped',
      Train: 'skipped',
    });
  });

  it('a resumed run skips what it has already', () => {
    expect(statuses(['TrainModel'])).toMatchObject({ Prepare: 'skipped', Train: 'at work' });
  });

  it('a stage lasts until the next one is entered', () => {
    const [prepare, train] = told(['PrepareTraining', 'WriteRows', 'TrainModel']);
    expect([prepare?.seconds, train?.seconds]).toEqual([2, 1]);
  });

  it('what one stage says of its progress is not said of another', () => {
    const progress = { state: 'TrainModel', done: 1, total: 2, at: at(1) };
    const [prepare, train, evaluate] = told(
      ['PrepareTraining', 'TrainModel', 'EvaluateModel'],
      'running',
      progress,
    );
    expect([prepare?.progress, train?.progress, evaluate?.progress]).toEqual([
      undefined,
      progress,
      undefined,
    ]);
  });
});

describe('a stage as a line', () => {
  it('shows trials and the best value', () => {
    const metric = { name: 'logLoss', value: 0.61, best: 0.6 };
    const progress = { state: 'RunTrial', done: 5, total: 20, metric, at: at(0) };
    const line = describeStage({ stage: 'Search', status: 'at work', seconds: 3, progress });
    expect(line).toContain('█'.repeat(6));
    expect(line).toContain('   3.0 s  5/20 trials  logLoss 0.6100, best 0.6000');
  });

  it('is a full bar when done, whatever was last said', () => {
    const progress = { state: 'TrainModel', done: 40, total: 300, at: at(0) };
    expect(describeStage({ stage: 'Train', status: 'done', seconds: 3, progress })).toContain('█'.repeat(24));
  });

  it('is a bar within its bounds when more was done than was planned', () => {
    const progress = { state: 'TrainModel', done: 9, total: 3, at: at(0) };
    const line = describeStage({ stage: 'Train', status: 'at work', seconds: 3, progress });
    expect(line.match(/[█░]/g)).toHaveLength(24);
  });
});
