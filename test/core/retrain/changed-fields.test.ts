import { describe, expect, it } from 'vitest';
import { changedFields } from '#core/retrain/changed-fields.ts';
import { changeModel } from '#core/spec/change-model.ts';
import { tripsLate } from '#test/support/trips.ts';

const model = tripsLate();

describe('changedFields', () => {
  it('are those by which a model learns', () => {
    const other = tripsLate({ features: { km: 'km * 2' }, label: 'delay > 6', minRows: 200 });
    expect(changedFields(other, model)).toEqual(['features', 'label', 'minRows']);
    expect(changedFields(model, model)).toEqual([]);
  });

  it('are none of those by which it is judged, watched and trained again', () => {
    const other = tripsLate({
      gates: { metrics: { auc: { min: 0.6 } } },
      monitor: { every: '2 hours' },
      retrain: { onDrift: true },
      truth: { within: '1 day' },
      rollout: { health: { minRequests: 70 } },
    });
    expect(changedFields(other, model)).toEqual([]);
  });

  it('are none that were set for the champion’s run alone', () => {
    const set = { since: '2013-03-01T00:00:00Z', 'algorithm.rounds': 7 };
    const made = changeModel(model, set);
    expect(changedFields(model, made, set)).toEqual([]);
    expect(changedFields(model, made)).toEqual(['algorithm', 'since']);
    expect(changedFields(tripsLate({ label: 'delay > 6' }), made, set)).toEqual(['label']);
  });

  it('are none whose default came into being after the champion', () => {
    const { calibration: _, ...older } = model;
    expect(changedFields(model, older as typeof model)).toEqual([]);
  });

  it('are told of a spec that could not be parsed any more', () => {
    const older = { ...model, algorithm: { kind: 'svm' } } as unknown as typeof model;
    expect(changedFields(model, older)).toEqual(['algorithm']);
  });
});
