import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunComparison } from '#core/compare/compare-runs.ts';
import type { VersionDetails } from '#lib/client/answers.ts';
import { ApiError } from '#lib/client/errors.ts';
import { UsageError } from '#lib/commands/arguments.ts';
import { diffRuns } from '#lib/commands/diff-runs.ts';
import { showRun } from '#lib/commands/show-run.ts';
import { evaluatedFacts, trials } from '../lib/pages/evaluated.ts';
import { tripsLate } from '../support/trips.ts';
import { captured } from './captured.ts';
import { at, run } from './deployment.ts';
import { outputs } from './outputs.ts';

/** A version as the API tells it. */
function details(version: number): VersionDetails {
  const { evaluation, history } = evaluatedFacts(version, version / 4);
  const pointer = (name: string) => ({
    key: `late/${version}/${name}`,
    versionId: '1',
    size: 9,
    sha256: 'f'.repeat(64),
  });
  return {
    model: 'late',
    version,
    runId: `run-${version}`,
    status: 'approved',
    createdAt: at(version),
    bundle: {
      specHash: `spec-${version}`,
      codeVersion: 'code',
      libraries: { xgboost: '3.2.0' },
      datasets: [{ dataset: 'flights', version: version + 2, manifest: pointer('manifest.json') }],
      files: { 'spec.json': pointer('spec.json') },
    },
    training: {
      algorithm: { kind: 'xgboost', maxDepth: version, seed: 1 },
      rounds: 40,
      history,
      search: { trials },
    },
    evaluation,
  } as unknown as VersionDetails;
}

const runs = {
  'run-1': run({ runId: 'run-1', status: 'succeeded', version: 1, finishedAt: at(20), costUsd: 0.0012 }),
  'run-2': run({
    runId: 'run-2',
    status: 'refused',
    version: 2,
    finishedAt: at(30),
    requests: [{ execution: 'run-2', by: 'arn:aws:iam::0:user/ada', at: at(0), reason: 'more data' }],
    verdict: ['auc 0.5 is below 0.6'],
    steps: [{ state: 'TrainModel', startedAt: at(1), finishedAt: at(9), memoryMb: 3008 }],
    artifacts: { model: { key: 'late/model.ubj', versionId: '1', size: 12_345, sha256: 'ab'.repeat(32) } },
  }),
  'run-7': run({
    runId: 'run-7',
    status: 'failed',
    error: { name: 'ParityError', message: 'feature gust' },
    set: { 'algorithm.rounds': 5 },
  }),
  again: run({ runId: 'again', status: 'reproduced', version: 1, reproduce: 1, specHash: 'spec-1' }),
} as const;

const read: string[] = [];
const client = {
  outputs,
  run: async (_: string, runId: string) => {
    const found = (runs as Record<string, (typeof runs)['run-1']>)[runId];
    if (!found) throw new ApiError(404, { detail: `no run ${runId}` });
    return found;
  },
  version: async (_: string, version: number) => details(version),
  stored: async <T>({ key }: { key: string }) => {
    read.push(key);
    return tripsLate({ minRows: key.includes('/1/') ? 100 : 200 }) as T;
  },
};

async function diff(...names: string[]) {
  const { print, text } = captured();
  const exitCode = await diffRuns(client, { names }, print);
  return { exitCode, text: text() };
}

describe('runs diff', () => {
  it.each([
    ['two versions that name their model', ['late@1', 'late@2']],
    ['a model and two versions', ['late', '1', '2']],
    ['a model, a version and a run', ['late', '@1', 'run-2']],
  ])('compares %s', async (_, names) => {
    const { exitCode, text } = await diff(...names);
    expect(exitCode).toBe(0);
    expect(text).toMatch(/^late@2 has the better logLoss .* but on other test rows/);
    expect(text).toMatch(/^spec +minRows +100 +200$/m);
    expect(text).toMatch(/^parameters +maxDepth +1 +2$/m);
    expect(text).toMatch(/^data +flights +3 +4$/m);
    expect(text).toMatch(/^logLoss +0\.\d{4} \(0\.\d{4} to 0\.\d{4}\).* -0\.\d{4} +late@2$/m);
    expect(text).toMatch(/\n\nThe metrics are of different test rows\.\n$/);
    expect(text).not.toContain('xgboost');
  });

  it('reads the specs that the versions were made by', async () => {
    read.length = 0;
    await diff('late@1', 'late@2');
    expect(read).toEqual(['late/1/spec.json', 'late/2/spec.json']);
  });

  it('of a version and itself says that they are equal, and nothing else', async () => {
    expect((await diff('late@1', 'late@1')).text).toBe(
      'late@1 and late@1 are equal in everything that was recorded of them.\n',
    );
  });

  it('takes a failed run, and a reproduction for what it is', async () => {
    expect((await diff('late', 'run-7', '1')).text).toContain('run-7 (failed) has no evaluation');
    expect((await diff('late', 'again', '1')).text).toContain('again (reproduced) has no evaluation');
  });

  it('--json gives the comparison', async () => {
    const { print, document } = captured({ json: true });
    await diffRuns(client, { names: ['late@1', 'late@2'] }, print);
    const { differences } = document<RunComparison>();
    expect(differences).toContainEqual({ kind: 'data', field: 'flights', a: 3, b: 4 });
  });

  it('--html writes the page and says where it is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leeboard-page-'));
    const html = join(folder, 'page.html');
    const { print, text } = captured();
    await diffRuns(client, { names: ['late@1', 'late@2'], html }, print);
    expect(text()).toContain(`page: ${html}`);
    const page = await readFile(html, 'utf8');
    await rm(folder, { recursive: true });
    expect(page).toMatch(/^<!doctype html>[\s\S]*Honest probabilities[\s\S]*<\/html>\n$/);
  });

  it.each([
    ['one name', ['late@1'], 'expected two versions or runs'],
    ['four names', ['late', '1', '2', '3'], 'expected two versions or runs'],
    ['runs without their model', ['run-1', 'run-2'], 'or its model before it'],
    ['a version of another model', ['late', 'early@1', '2'], 'there are: late'],
    ['what could never be a run', ['late', 'a b', '2'], "or a run's id"],
  ])('refuses %s', async (_, names, message) => {
    await expect(diff(...names)).rejects.toThrow(message);
  });

  it('a model in front and another in a version contradict each other', async () => {
    const two = { ...outputs, stateMachines: { ...outputs.stateMachines, 'early-train-model': 'arn' } };
    const asked = diffRuns(
      { ...client, outputs: two },
      { names: ['late', 'early@1', '2'] },
      captured().print,
    );
    await expect(asked).rejects.toThrow(UsageError);
  });
});

describe('runs show', () => {
  const show = async (named: string) => {
    const { print, text } = captured();
    expect(await showRun(client, { model: 'late', run: named }, print)).toBe(0);
    return text();
  };

  it.each(['run-2', '2', 'late@2'])('tells everything that was recorded: %s', async (named) => {
    const text = await show(named);
    expect(text).toMatch(/^status +refused$/m);
    expect(text).toMatch(/^asked +2026-01-01 00:00:00 by ada: more data$/m);
    expect(text).toMatch(/^data +flights@4$/m);
    expect(text).toMatch(/^maxDepth +2$/m);
    expect(text).toMatch(/^auc +0\.\d{4} +0\.\d{4} +0\.\d{4}$/m);
    expect(text).toMatch(/^gates\nauc 0\.5 is below 0\.6$/m);
    expect(text).toMatch(/^ +1 +5 +completed +0\.5000 .*maxDepth 2, learningRate 0\.3, kind tree$/m);
    expect(text).toMatch(/^ +6 +0 +failed .*out of memory$/m);
    expect(text).toMatch(/^TrainModel +2026-01-01 00:00:01 +8\.0 s +3,008 MB$/m);
    expect(text).toMatch(/^model +12,345 +abababababab +late\/model\.ubj$/m);
  });

  it('tells a failed run by its error and what was changed for it', async () => {
    const text = await show('run-7');
    expect(text).toMatch(/^error +ParityError: feature gust$/m);
    expect(text).toMatch(/^experiment +algorithm\.rounds 5$/m);
    expect(text).not.toContain('artifacts');
  });

  it('of a run that does not exist is refused by the deployment', async () => {
    await expect(show('run-99')).rejects.toThrow('no run run-99');
  });
});
