import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipText, Notification, plainText } from '#core/notify/notification.ts';

const news: Notification = {
  format: 1,
  id: 'alarm/a/ALARM/2026-11-21T23:00:00.000Z',
  at: '2026-11-21T23:00:00.000Z',
  subject: 'ALARM: a',
  text: 'It drifts.',
  numbers: [],
};

describe('a notification', () => {
  it('has three figures at most', () => {
    const numbers = [1, 2, 3].map((value) => ({ name: 'psi', value }));
    expect(Notification.safeParse({ ...news, numbers }).success).toBe(true);
    expect(Notification.safeParse({ ...news, numbers: [...numbers, ...numbers] }).success).toBe(false);
  });

  it.each(['http://example.org/a.png', 'javascript:alert(1)', 'a.png'])('has no picture at %s', (picture) => {
    expect(Notification.safeParse({ ...news, picture: 'https://example.org/a.png' }).success).toBe(true);
    expect(Notification.safeParse({ ...news, picture }).success).toBe(false);
  });
});

describe('e-mail', () => {
  it('says the text alone where there is no more', () => {
    expect(plainText(news)).toBe('It drifts.');
  });

  it('says figures, command and picture below the text', () => {
    const numbers = [
      { name: 'measured', value: 0.31 },
      { name: 'limit', value: 0.2 },
    ];
    const picture = 'https://example.org/a.png';
    expect(plainText({ ...news, numbers, picture, command: 'npx leeboard status' })).toBe(
      'It drifts.\n\nmeasured: 0.31\nlimit: 0.2\n\nRun: npx leeboard status\n\nhttps://example.org/a.png',
    );
  });
});

describe('clipped text', () => {
  it('is the text itself where it fits', () => {
    expect(clipText('abc', 3)).toBe('abc');
    expect(clipText('abcd', 3)).toBe('ab…');
  });

  it('never ends in half a character, and never is too long', () => {
    expect(clipText('a🚢bc', 3)).toBe('a…');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, length) => {
        const clipped = clipText(text, length);
        expect(clipped.length).toBeLessThanOrEqual(length);
        expect(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/.test(clipped)).toBe(false);
      }),
    );
  });
});
