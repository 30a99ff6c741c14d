import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, expect, it } from 'vitest';
import { workDirectory } from '#local/work-directory.ts';
import {
  client,
  dropText,
  ingestArn,
  ingestOutcome,
  type Outcome,
  registry,
  sfn,
  store,
} from './deployment.ts';
import { type HostileFile, hostileFiles, SECRET } from './hostile-files.ts';

interface Judged {
  readonly file: HostileFile;
  readonly outcome: Outcome;
  /** From the drop to the verdict. */
  readonly seconds: number;
}

let judged: Judged[];
beforeAll(async () => {
  judged = await Promise.all((await hostileFiles()).map(judge));
  recordSeconds(judged);
});

async function judge(file: HostileFile): Promise<Judged> {
  const start = Date.now();
  const drop = await dropText('small', file.name, file.bytes);
  const outcome = await ingestOutcome(drop);
  const { stopDate } = await sfn.send(new DescribeExecutionCommand({ executionArn: ingestArn(drop) }));
  return { file, outcome, seconds: ((stopDate?.getTime() ?? Number.NaN) - start) / 1000 };
}

/** For the benchmarks' table: how long people waited, all files having come at once. */
function recordSeconds(all: readonly Judged[]): void {
  const rows = all.map(({ file, outcome, seconds }) => ({
    file: file.what,
    verdict: outcome.accepted ? `accepted as version ${outcome.version}` : outcome.rules.join(', '),
    seconds,
  }));
  mkdirSync(join(workDirectory, 'bench'), { recursive: true });
  writeFileSync(join(workDirectory, 'bench/hostile-drops.json'), `${JSON.stringify(rows, null, 2)}\n`);
}

async function reportOf(outcome: Outcome): Promise<string> {
  if (outcome.accepted) throw new Error(`it was accepted as version ${outcome.version}`);
  return Buffer.from(await store.read(outcome.reportKey)).toString();
}

it('thirty hostile files that are dropped at once are each judged for the right reason', () => {
  expect(judged.length).toBeGreaterThan(30);
  const verdicts = judged.map(({ file, outcome }) => [
    file.what,
    outcome.accepted ? outcome.rows > 0 : outcome.rules,
  ]);
  const expected = judged.map(({ file }) => [file.what, 'rows' in file.expected ? true : file.expected]);
  expect(verdicts).toEqual(expected);
});

it('each refused file is kept as it came, beside a report that says what was expected', async () => {
  for (const { file, outcome } of judged) {
    if (outcome.accepted) continue;
    const report = JSON.parse(await reportOf(outcome));
    expect(report.problems.length, file.what).toBeGreaterThan(0);
    for (const problem of report.problems) expect(problem.message, file.what).toContain('expected');
    expect(report.source).toContain(`incoming/small/${file.name}`);
    const kept = await store.read(outcome.reportKey.replace('report.json', 'file'));
    expect(Buffer.from(kept).equals(Buffer.from(file.bytes)), file.what).toBe(true);
  }
});

it('no report repeats a value of a row', async () => {
  const refused = judged.filter(({ outcome }) => !outcome.accepted);
  expect(refused.filter(({ file }) => Buffer.from(file.bytes).includes(SECRET)).length).toBeGreaterThan(12);
  for (const { file, outcome } of refused) expect(await reportOf(outcome), file.what).not.toContain(SECRET);
});

it('the registry lists every refusal, and only accepted files are in the dataset', async () => {
  const { versions, rejections } = await client.dataset('small');
  const rejected = judged.filter(({ outcome }) => !outcome.accepted);
  expect(new Set(rejections.map(({ reportKey }) => reportKey))).toEqual(
    new Set(rejected.map(({ outcome }) => (outcome.accepted ? '' : outcome.reportKey))),
  );
  const accepted = judged.filter(({ file }) => 'rows' in file.expected);
  const added = versions.map((version) => /incoming\/small\/(.*)\?versionId/.exec(version.added.source)?.[1]);
  expect(new Set(added)).toEqual(new Set(accepted.map(({ file }) => file.name)));
  const rows = accepted.map(({ file }) => ('rows' in file.expected ? file.expected.rows : 0));
  expect(versions[0]?.rows).toBe(rows.reduce((sum, count) => sum + count, 0));
});

it('a key that climbs stays in its dataset', async () => {
  const sources = (await registry.datasetVersions('weather', { limit: 100 })).map(
    ({ added }) => added.source,
  );
  expect(sources.filter((source) => source.includes('climb'))).toEqual([]);
});

it('afterwards a good file still goes through', async () => {
  const [latest] = (await client.dataset('small')).versions;
  const drop = await dropText('small', 'good.csv', 'id,amount,kind,paid,at\n9,1,fine,true,2020-01-02\n');
  expect(await ingestOutcome(drop)).toEqual({
    accepted: true,
    version: (latest?.version ?? 0) + 1,
    rows: (latest?.rows ?? 0) + 1,
    duplicate: false,
  });
});
