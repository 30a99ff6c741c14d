import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Notification } from '#core/notify/notification.ts';

it('the notification of docs/monitoring.md is one', () => {
  const page = readFileSync(new URL('../../../docs/monitoring.md', import.meta.url), 'utf8');
  const [, example = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  expect(Notification.parse(JSON.parse(example))).toEqual(JSON.parse(example));
});
