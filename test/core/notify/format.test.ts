import { describe, expect, it } from 'vitest';
import { formatNotification } from '#core/notify/format.ts';
import type { Notification } from '#core/notify/notification.ts';

const news: Notification = {
  format: 1,
  id: 'alarm/flights-late-drift/ALARM/2026-11-21T23:00:00.000Z',
  at: '2026-11-21T23:00:00.000Z',
  subject: 'ALARM: flights-late-drift',
  text: 'Inputs changed.\n\nPSI of dep_delay is <high> & *rising*.',
  numbers: [
    { name: 'measured', value: 0.31 },
    { name: 'limit', value: 0.2 },
  ],
  picture: 'https://example.org/report?a=1&b=2',
  command: 'npx leeboard train flights-late > log',
};
const { numbers: _, picture: __, command: ___, ...bare } = news;
const short: Notification = { ...bare, numbers: [] };

/** What it takes most room to say. */
const long: Notification = {
  ...news,
  subject: '&'.repeat(5000),
  text: '\u20AC'.repeat(50_000),
  command: '&'.repeat(5000),
};

describe('Slack', () => {
  it('gets blocks in which nothing from outside can mention or link', () => {
    expect(formatNotification('slack', news)).toEqual({
      text: 'ALARM: flights-late-drift',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'ALARM: flights-late-drift', emoji: false } },
        {
          type: 'section',
          text: {
            type: 'plain_text',
            text: 'Inputs changed.\n\nPSI of dep_delay is <high> & *rising*.',
            emoji: false,
          },
        },
        {
          type: 'section',
          fields: [
            { type: 'plain_text', text: 'measured: 0.31', emoji: false },
            { type: 'plain_text', text: 'limit: 0.2', emoji: false },
          ],
        },
        {
          type: 'section',
          text: { type: 'mrkdwn', text: '```npx leeboard train flights-late &gt; log```' },
        },
        {
          type: 'section',
          text: { type: 'mrkdwn', text: '<https://example.org/report?a=1&amp;b=2|Picture>' },
        },
      ],
    });
  });

  it('gets no empty blocks: it refuses them', () => {
    expect(formatNotification('slack', short)).toMatchObject({
      blocks: [{ type: 'header' }, { type: 'section' }],
    });
  });

  it('a link ends where the URL does', () => {
    const told = JSON.stringify(formatNotification('slack', { ...news, picture: 'https://a.org/?q=a|b>c' }));
    expect(told).toContain('<https://a.org/?q=a%7Cb&gt;c|Picture>');
  });

  it('the notification on a phone mentions nobody', () => {
    expect(formatNotification('slack', { ...news, subject: '<!channel> & all' })).toMatchObject({
      text: '&lt;!channel&gt; &amp; all',
    });
  });

  // Limits: https://docs.slack.dev/reference/block-kit/blocks/header-block and .../section-block
  it('no text is longer than Slack takes', () => {
    const { blocks } = formatNotification('slack', long) as {
      blocks: { type: string; text?: { text: string } }[];
    };
    for (const { type, text } of blocks.filter((block) => block.text))
      expect(text?.text.length).toBeLessThanOrEqual(type === 'header' ? 150 : 3000);
  });
});

describe('Teams', () => {
  it('gets an Adaptive Card of text runs, a paragraph each', () => {
    const run = (text: string, style = {}) => ({
      type: 'RichTextBlock',
      inlines: [{ type: 'TextRun', text, ...style }],
    });
    expect(formatNotification('teams', news)).toEqual({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              run('ALARM: flights-late-drift', { size: 'Large', weight: 'Bolder' }),
              run('Inputs changed.'),
              run('PSI of dep_delay is <high> & *rising*.'),
              {
                type: 'FactSet',
                facts: [
                  { title: 'measured', value: '0.31' },
                  { title: 'limit', value: '0.2' },
                ],
              },
              run('npx leeboard train flights-late > log', { fontType: 'Monospace' }),
            ],
            actions: [
              { type: 'Action.OpenUrl', title: 'Picture', url: 'https://example.org/report?a=1&b=2' },
            ],
          },
        },
      ],
    });
  });

  it('gets neither facts nor actions where there are none', () => {
    const told = JSON.stringify(formatNotification('teams', short));
    expect(told).not.toMatch(/FactSet|actions|Monospace/);
  });

  it('no message is larger than the 28 KB that Teams takes', () => {
    for (const text of [long.text, 'a\n'.repeat(5000)]) {
      const told = JSON.stringify(formatNotification('teams', { ...long, text }));
      expect(Buffer.byteLength(told)).toBeLessThan(28 * 1024);
    }
  });
});

describe('any other service', () => {
  it('gets the notification itself', () => {
    expect(formatNotification('generic', news)).toEqual(news);
  });
});
