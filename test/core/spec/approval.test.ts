import { describe, expect, it } from 'vitest';
import { SpecError } from '#core/errors.ts';
import type { ModelInput } from '#core/spec/model.ts';
import { tripsLate } from '#test/support/trips.ts';

const approvalOf = (approval?: unknown) => tripsLate({ approval } as Partial<ModelInput>).approval;

describe('approval of a model', () => {
  it('is automatic when the spec says nothing', () => {
    expect(approvalOf()).toBe('automatic');
  });

  it('is by a person within 7 days, or within what is said', () => {
    const week = { by: 'person', within: '7 days' };
    expect([approvalOf('person'), approvalOf({ by: 'person' })]).toEqual([week, week]);
    expect(approvalOf({ by: 'person', within: '2 hours' })).toEqual({ by: 'person', within: '2 hours' });
  });

  it('is by nobody else, and within a duration', () => {
    expect(() => approvalOf('committee')).toThrow(SpecError);
    expect(() => approvalOf({ by: 'person', within: 'soon' })).toThrow(/approval/);
  });
});
