import { z } from 'zod';

/** A figure of a notification: a unit, where it has one, is part of its name. */
const Figure = z.strictObject({ name: z.string().min(1), value: z.number() });

/** What people are told; as JSON it is what a webhook of kind `generic` gets. docs/monitoring.md describes it. */
export const Notification = z.strictObject({
  format: z.literal(1),
  /** The same for every delivery of the same news. */
  id: z.string().min(1),
  /** When it happened: ISO 8601, UTC. */
  at: z.iso.datetime(),
  /** One line. */
  subject: z.string().min(1),
  /** Paragraphs, plain text. */
  text: z.string().min(1),
  numbers: z.array(Figure).max(3),
  /** A page or picture that shows it. */
  picture: z.url({ protocol: /^https$/ }).optional(),
  /** What to run next, in a shell. */
  command: z.string().min(1).optional(),
});
export type Notification = z.output<typeof Notification>;

/** What e-mail says below its subject: text, numbers, command and picture, a paragraph each. */
export function plainText({ text, numbers, command, picture }: Notification): string {
  return [
    text,
    numbers.map(({ name, value }) => `${name}: ${value}`).join('\n'),
    command && `Run: ${command}`,
    picture,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Text of at most so many UTF-16 units, with an ellipsis where it was cut: no half of a surrogate pair is left. */
export function clipText(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
