import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { describeEnd } from '#lib/commands/describe-end.ts';
import { run } from './deployment.ts';

it('a version that waits for a person says how to approve it, and how to look at it', () => {
  const waiting = run({ status: 'succeeded', version: 5 });
  expect(stripVTControlCharacters(describeEnd(waiting, 'approval'))).toBe(
    'succeeded: late@5 passed its gates and waits for a person: "npx leeboard approve late@5 --reason ...", or reject; ' +
      '"npx leeboard approvals late --open late@5" shows it',
  );
});
