import { describe, expect, it } from 'vitest';
import { nonInferiority } from '#core/evaluate/index.ts';
import { Notification } from '#core/notify/notification.ts';
import { approvalNotification, stepsToChampion } from '#core/registry/approval-card.ts';
import type { Approval } from '#core/registry/records.ts';
import type { ModelInput } from '#core/spec/model.ts';
import { labels, probabilities, soundEvaluation } from '#test/core/evaluate/sound-evaluation.ts';
import { tripsLate } from '#test/support/trips.ts';

const approval = (comparedWith: number | null): Approval => ({
  ...{ requestedAt: '2026-05-01T00:00:00.000Z', expiresAt: '2026-05-08T00:00:00.000Z' },
  ...{ sha256: 'abc', comparedWith },
});
const steps = (rollout: ModelInput['rollout'], comparedWith: number | null = 3) =>
  stepsToChampion({ model: 'trips-late', spec: tripsLate({ rollout }), approval: approval(comparedWith) });

describe('what happens once a version is approved', () => {
  const staged = { shadow: '90 minutes', canary: [{ percent: 10, for: '1 hour' }] };

  it('is each stage of its rollout, and that it is taken back when it does worse', () => {
    expect(steps(staged).slice(0, 3)).toEqual([
      'For 90 minutes it is scored beside version 3, and answers nobody.',
      'For 1 hour it answers 10 % of requests.',
      'Then it replaces version 3 in every answer. When it does worse on the way, it is taken back by itself.',
    ]);
    expect(steps({ ...staged, stickTo: 'city' })[1]).toContain('10 % of city');
  });

  it('is at once without stages, or without a champion', () => {
    expect(steps({})).toEqual(['It replaces version 3 at once, in every answer.']);
    expect(steps(staged, null)).toEqual(['It becomes champion at once: there is none yet.']);
  });
});

describe('the mail that asks for approval', () => {
  const version = { model: 'trips-late', version: 4 };

  it('says until when, how to look, approve and reject, and compares three numbers', () => {
    const better = labels.map((label, row) => (label + (probabilities[row] as number)) / 2);
    const compared = nonInferiority({
      ...{ metric: 'logLoss', margin: 0.01, confidence: 0.95 },
      ...{ labels, champion: probabilities, challenger: better },
    });
    const champion = { version: 3, nonInferiority: compared, missing: [] };
    const news = approvalNotification(version, approval(3), soundEvaluation({ champion }));
    expect(Notification.parse(news)).toEqual(news);
    expect(news).toMatchObject({
      id: 'approval/trips-late/4',
      subject: 'APPROVAL: trips-late@4',
      numbers: [
        { name: 'newest rows that it is judged by', value: 200 },
        { name: 'logLoss of version 4', value: compared.challenger },
        { name: 'logLoss of version 3', value: compared.champion },
      ],
      command: 'npx leeboard approve trips-late@4 --reason "..."',
    });
    expect(news.text).toContain('until 2026-05-08T00:00:00.000Z. The champion is version 3.');
    expect(news.text).toContain('npx leeboard approvals trips-late --open trips-late@4');
    expect(news.text).toContain('npx leeboard reject trips-late@4 --reason "..."');
  });

  it('has no number of a champion where there is none', () => {
    const evaluation = soundEvaluation();
    const { numbers, text } = approvalNotification(version, approval(null), evaluation);
    const { logLoss } = evaluation.test.metrics as { logLoss: { value: number } };
    expect(numbers.slice(1)).toEqual([{ name: 'logLoss of version 4', value: logLoss.value }]);
    expect(text).toContain('There is no champion yet.');
  });
});
