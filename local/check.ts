/** `npm run check`: types, lint and layers, dead code, state machines, and the stacks under their rule packs. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// @ts-expect-error: it has no types
import validate from 'asl-validator';
import { environmentOf } from '#lib/stacks/environment.ts';
import { cdk } from './cdk.ts';
import { installEngines } from './engines/install-engines.ts';
import { printProgress } from './engines/progress.ts';
import { buildLayers } from './layers/build-layers.ts';
import { run } from './run.ts';
import { SetUpError } from './set-up-error.ts';
import { root } from './work-directory.ts';

interface Check {
  readonly name: string;
  /** Says what was looked at. @throws with what is wrong */
  readonly run: () => Promise<string>;
}

const checks: readonly Check[] = [
  { name: 'types', run: () => tool('typescript/bin/tsc', ['--noEmit'], 'TypeScript, strict') },
  {
    name: 'lint',
    run: () =>
      tool('@biomejs/biome/bin/biome', ['check', '.', '--error-on-warnings'], 'rules, layers, format'),
  },
  {
    name: 'dead code',
    run: () => tool('knip/bin/knip.js', ['--no-progress'], 'files, exports, dependencies'),
  },
  { name: 'state machines', run: checkStateMachines },
  { name: 'stacks of prod', run: () => synthesize('prod') },
  { name: 'stacks of local', run: () => synthesize('local') },
];

/** Runs a program of node_modules. @throws SetUpError with what it printed when it fails */
async function tool(program: string, args: readonly string[], subject: string): Promise<string> {
  await run(process.execPath, [join('node_modules', program), ...args], { cwd: root });
  return subject;
}

/** Every definition, with an ARN for each placeholder. */
async function checkStateMachines(): Promise<string> {
  const folder = join(root, 'statemachines');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.asl.json'));
  const problems: string[] = [];
  for (const file of files) {
    const text = await readFile(join(folder, file), 'utf8');
    const definition = JSON.parse(
      text.replace(/\$\{\w+\}/g, 'arn:aws:lambda:eu-west-1:123456789012:function:f'),
    );
    const { isValid, errorsText } = validate(definition, { checkArn: true, checkPaths: true });
    if (!isValid) problems.push(errorsText(`\n${file}: `));
  }
  if (problems.length > 0) throw new SetUpError(problems.join('\n'));
  return files.join(', ').replaceAll('.asl.json', '');
}

/** Synthesizes an environment as a deploy does; a finding of a rule pack ends it. */
async function synthesize(name: string): Promise<string> {
  const { platform } = environmentOf(name);
  const { python } = await installEngines(printProgress);
  await buildLayers({ python, platform, progress: printProgress });
  const output = await mkdtemp(join(tmpdir(), 'leeboard-check-'));
  try {
    await cdk(['synth', '--all', '--quiet', '-c', `environment=${name}`, '-o', output]);
  } finally {
    await rm(output, { recursive: true, force: true });
  }
  return `${platform}, AwsSolutions and Serverless without a finding`;
}

let failed = 0;
const started = performance.now();
for (const { name, run } of checks) {
  const began = performance.now();
  const { holds, text } = await run().then(
    (subject) => ({ holds: true, text: subject }),
    (error: unknown) => ({
      holds: false,
      text: `\n${error instanceof SetUpError ? error.message : (error as Error).stack}\n`,
    }),
  );
  if (!holds) failed += 1;
  console.log(`${holds ? 'ok    ' : 'FAILED'}  ${name.padEnd(16)}${seconds(began).padStart(7)}  ${text}`);
}
console.log(`${checks.length - failed} checks passed, ${failed} failed (${seconds(started)})`);
process.exitCode = failed === 0 ? 0 : 1;

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
