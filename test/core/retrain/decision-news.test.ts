import { expect, it } from 'vitest';
import { Notification } from '#core/notify/notification.ts';
import { decisionNews } from '#core/retrain/decision-news.ts';
import { drift, Looped, NOON } from '#test/support/retraining.ts';

function refused() {
  const looped = new Looped();
  looped.wake(NOON, drift());
  looped.judge();
  return looped.end('refused');
}

it('people are told what was decided, why, what came of it, and what follows', () => {
  const news = decisionNews(refused());
  expect(Notification.parse(news)).toEqual(news);
  expect(news).toEqual({
    format: 1,
    id: 'retraining/m/1',
    at: NOON,
    subject: 'RETRAINING REFUSED: m@4',
    text: [
      'Decision 1 to train m again, because carrier drifted in window a, is refused.',
      'version 4 is refused by its gates: auc is 0.5, at least 0.6 is needed.',
      'The next one that begins by itself waits twice as long, up to eight times the cooldown.',
    ].join('\n\n'),
    numbers: [{ name: 'version', value: 4 }],
    command: 'npx leeboard why m',
  });
});

it('people are told that they can promote what is held', () => {
  const { text } = decisionNews({ ...refused(), status: 'held' });
  expect(text).toContain('Promote it when the deployment is free again: npx leeboard promote m@4');
});
