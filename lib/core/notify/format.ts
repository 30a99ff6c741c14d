import type { Webhook } from '../spec/webhook.ts';
import { clipText, type Notification } from './notification.ts';

/** The document that a webhook of this kind takes. */
export function formatNotification(kind: Webhook['kind'], notification: Notification): object {
  switch (kind) {
    case 'slack':
      return slackMessage(notification);
    case 'teams':
      return teamsMessage(notification);
    case 'generic':
      return notification;
  }
}

/** Characters that Slack takes in a header, and in the text of a section; it refuses the whole message beyond. */
const SLACK_HEADER = 150;
const SLACK_SECTION = 3000;
const SLACK_FIELD = 2000;
/** An escaped character becomes five at most, so a command of this length fits into a section. */
const SLACK_COMMAND = 500;

/**
 * Block Kit. What we do not write ourselves is plain text, which can neither mention nor link.
 * Source: https://docs.slack.dev/reference/block-kit/blocks
 */
function slackMessage({ subject, text, numbers, picture, command }: Notification): object {
  const plain = (content: string, length: number) => ({
    type: 'plain_text',
    text: clipText(content, length),
    emoji: false,
  });
  const markdown = (content: string) => ({ type: 'section', text: { type: 'mrkdwn', text: content } });
  return {
    // What a phone shows before the message is opened.
    text: escapeSlack(clipText(subject, SLACK_HEADER)),
    blocks: [
      { type: 'header', text: plain(subject, SLACK_HEADER) },
      { type: 'section', text: plain(text, SLACK_SECTION) },
      ...(numbers.length > 0
        ? [
            {
              type: 'section',
              fields: numbers.map(({ name, value }) => plain(`${name}: ${value}`, SLACK_FIELD)),
            },
          ]
        : []),
      ...(command === undefined
        ? []
        : [markdown(`\`\`\`${escapeSlack(clipText(command, SLACK_COMMAND))}\`\`\``)]),
      // A link: an image that Slack cannot load makes it refuse the whole message.
      ...(picture === undefined
        ? []
        : [markdown(`<${escapeSlack(picture).replaceAll('|', '%7C')}|Picture>`)]),
    ],
  };
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Teams takes messages of 28 KB; a character is three bytes of UTF-8 at most a UTF-16 unit. */
const TEAMS_TEXT = 6000;
const TEAMS_LINE = 500;
const TEAMS_PARAGRAPHS = 40;

/**
 * An Adaptive Card as the Workflows webhook takes it. Text runs, unlike text blocks, do not read Markdown.
 * Sources: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using and
 * https://adaptivecards.io/explorer/TextRun.html
 */
function teamsMessage({ subject, text, numbers, picture, command }: Notification): object {
  const paragraph = (content: string, style: object = {}) => ({
    type: 'RichTextBlock',
    inlines: [{ type: 'TextRun', text: content, ...style }],
  });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      paragraph(clipText(subject, TEAMS_LINE), { size: 'Large', weight: 'Bolder' }),
      ...clipText(text, TEAMS_TEXT)
        .split(/\n+/)
        .filter(Boolean)
        .slice(0, TEAMS_PARAGRAPHS)
        .map((line) => paragraph(line)),
      ...(numbers.length > 0
        ? [
            {
              type: 'FactSet',
              facts: numbers.map(({ name, value }) => ({
                title: clipText(name, TEAMS_LINE),
                value: String(value),
              })),
            },
          ]
        : []),
      ...(command === undefined ? [] : [paragraph(clipText(command, TEAMS_LINE), { fontType: 'Monospace' })]),
    ],
    ...(picture !== undefined && {
      actions: [{ type: 'Action.OpenUrl', title: 'Picture', url: picture }],
    }),
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}
