import { describe, expect, it } from 'vitest';
import { type Behaviour, excessLoss, firstBreach, GOOD, NOISE_OF_A_TENTH } from './simulated-rollouts.ts';

const breachesOf = (name: string, rollouts: number, behaviour: Behaviour, requestsALook: number) =>
  Array.from({ length: rollouts }, (_, rollout) =>
    firstBreach(`${name} ${rollout}`, behaviour, requestsALook),
  );

describe('seeded rollouts at 10 % and 50 %, judged 60 times each', () => {
  it('take back at most one good challenger in a hundred', () => {
    const breaches = breachesOf('good', 1000, GOOD, 40);
    expect(breaches.filter(Boolean).length).toBeLessThanOrEqual(10);
  });

  it.each([
    ['errors', { ...GOOD, errors: 0.2 }, 100],
    ['latency', { ...GOOD, slower: 5 }, 100],
    ['scores', { ...GOOD, shift: 1.5 }, 100],
    ['truth', { ...GOOD, noise: NOISE_OF_A_TENTH }, 300],
  ])(
    'take back at least 99 in a hundred challengers that are bad by their %s, for that',
    (name, behaviour, requests) => {
      const breaches = breachesOf(name, 100, behaviour, requests);
      expect(breaches.filter((sentence) => sentence?.startsWith(`${name}: `)).length).toBeGreaterThanOrEqual(
        99,
      );
    },
  );

  it('and what is bad by its truth here has a log loss 0.1 larger', () => {
    expect(Math.abs(excessLoss({ ...GOOD, noise: NOISE_OF_A_TENTH }, 100_000) - 0.1)).toBeLessThan(0.01);
  });
});
