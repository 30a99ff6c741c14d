import { describe, expect, it } from 'vitest';
import {
  type Behaviour,
  excessLoss,
  firstBreach,
  GOOD,
  NOISE_OF_A_TENTH,
  type Trial,
} from './simulated-rollouts.ts';

const breachesOf = (name: string, rollouts: number, behaviour: Behaviour, trial: Trial) =>
  Array.from({ length: rollouts }, (_, rollout) => firstBreach(`${name} ${rollout}`, behaviour, trial));

describe('seeded rollouts, judged 30 times a stage', () => {
  it.each<[string, number, Trial]>([
    ['at 10 % and 50 %', 1000, { percents: [10, 50], requestsALook: 40 }],
    ['that may not be slower, at 90 %', 200, { percents: [90], requestsALook: 80, slower: 1 }],
  ])('%s take back at most one good challenger in a hundred', (name, rollouts, trial) => {
    const breaches = breachesOf(name, rollouts, GOOD, trial);
    expect(breaches.filter(Boolean).length).toBeLessThanOrEqual(rollouts / 100);
  });

  it.each([
    ['errors', { ...GOOD, errors: 0.2 }, 100],
    ['latency', { ...GOOD, slower: 5 }, 100],
    ['scores', { ...GOOD, shift: 1.5 }, 100],
    ['truth', { ...GOOD, noise: NOISE_OF_A_TENTH }, 300],
  ])(
    'take back at least 99 in a hundred challengers that are bad by their %s, for that',
    (name, behaviour, requestsALook) => {
      const breaches = breachesOf(name, 100, behaviour, { percents: [10, 50], requestsALook });
      expect(breaches.filter((sentence) => sentence?.startsWith(`${name}: `)).length).toBeGreaterThanOrEqual(
        99,
      );
    },
  );

  it('and what is bad by its truth here has a log loss 0.1 larger', () => {
    expect(Math.abs(excessLoss({ ...GOOD, noise: NOISE_OF_A_TENTH }, 100_000) - 0.1)).toBeLessThan(0.01);
  });
});
