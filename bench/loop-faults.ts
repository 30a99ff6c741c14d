/**
 * `npm run bench:loop-faults`: a process that dies before and after every AWS call of the loop that trains a model
 * again, every answer lost once, and twenty triggers at once, on the deployed stacks: each ends as if nothing had
 * happened.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '#local/work-directory.ts';
import { report, withStacks } from './deployment.ts';
import { proveFaults, proveRounds } from './loop-faults/prove.ts';

const { values } = parseArgs({
  options: { every: { type: 'string', default: '1' }, rounds: { type: 'string', default: '50' } },
});

await withStacks({ project: join(root, 'bench/loop-faults/project') }, async (deployed) => {
  const faults = await proveFaults(deployed, Number(values.every));
  const rounds = await proveRounds(deployed, Number(values.rounds));
  await report('loop-faults', [...faults, ...rounds]);
});
