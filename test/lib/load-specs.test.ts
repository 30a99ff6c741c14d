import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { SpecError } from '#core/errors.ts';
import { loadSpecs } from '#lib/load-specs.ts';
import { PROJECT_ROOT } from '#lib/project-root.ts';

const root = mkdtempSync(join(tmpdir(), 'leeboard-specs-'));
afterAll(() => rmSync(root, { recursive: true }));
const spec = (name: string) => fileURLToPath(new URL(`../../lib/core/spec/${name}.ts`, import.meta.url));
let projects = 0;

/** A project with these files. */
function project(files: Record<string, string>): string {
  const folder = join(root, String(projects++));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const dataset = (name: string, more = '') => `
  import { defineDataset } from '${spec('dataset')}';
  export const it = defineDataset({ name: '${name}', time: 't', columns: { t: { type: 'timestamp' }, a: { type: 'number' } ${more} } });`;
const model = (name: string, from: string, fields = "label: 'a > 1', features: { hour: 'hour(t)' }") => `
  import { defineModel } from '${spec('model')}';
  import { it as from } from '../datasets/${from}.ts';
  export const it = defineModel({ name: '${name}', task: 'binary', from, ${fields} });`;

/** The refusal of a project: its first line and its fields. */
async function refusal(folder: string): Promise<{ subject: string; fields: string[]; message: string }> {
  try {
    await loadSpecs(folder);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const [subject = ''] = error.message.split('\n');
    return { subject, fields: error.problems.map(({ field }) => field), message: error.message };
  }
  throw new Error('the project was loaded');
}

describe('loadSpecs', () => {
  it('loads this project’s own specs', async () => {
    const { datasets, models } = await loadSpecs(PROJECT_ROOT);
    expect(datasets.map(({ name }) => name)).toEqual(['flights', 'weather']);
    expect(models.map(({ name }) => name)).toEqual(['flights-late']);
  });

  it('loads a project wherever it is, in the order of its files', async () => {
    const folder = project({
      'datasets/b.ts': dataset('b'),
      'datasets/a.ts': dataset('z'),
      'models/m.ts': model('m', 'b'),
      'models/README.md': '',
    });
    const { datasets, models } = await loadSpecs(folder);
    expect([datasets.map(({ name }) => name), models.map(({ from }) => from.name)]).toEqual([
      ['z', 'b'],
      ['b'],
    ]);
  });

  it('loads a project that only keeps data', async () => {
    expect((await loadSpecs(project({ 'datasets/a.ts': dataset('a') }))).models).toEqual([]);
  });

  it('leaves alone what else a file exports, and takes a spec exported twice once', async () => {
    const folder = project({
      'datasets/a.ts': `${dataset('a')}\nexport default it; export const limit = 5; export const helper = () => 1;`,
    });
    expect((await loadSpecs(folder)).datasets).toHaveLength(1);
  });

  it('holds a plain object to the same rules, with the same defaults', async () => {
    const text = "export const it = { name: 'a', columns: { x: { type: 'number' } } };";
    const { datasets } = await loadSpecs(project({ 'datasets/a.ts': text }));
    expect(datasets[0]).toMatchObject({ mode: 'append', columns: { x: { nullable: 0 } } });
    const wrong = "export const it = { name: 'a', key: ['nr'], columns: { x: { type: 'number' } } };";
    expect((await refusal(project({ 'datasets/a.ts': wrong }))).fields).toEqual(['exports']);
  });

  it('names file, dataset and field of a mistake', async () => {
    const folder = project({
      'datasets/good.ts': dataset('good'),
      'datasets/wrong.ts': dataset('wrong', ", b: { type: 'int' }"),
    });
    const { subject, fields } = await refusal(folder);
    expect(subject).toBe(`${relative(process.cwd(), join(folder, 'datasets/wrong.ts'))}: dataset "wrong"`);
    expect(fields).toEqual(['columns.b.type']);
  });

  it('names file, model and field of a mistake', async () => {
    const folder = project({
      'datasets/a.ts': dataset('a'),
      'models/m.ts': model('m', 'a', "label: 'b > 1', features: { a: 'a' }"),
    });
    const { subject, fields } = await refusal(folder);
    expect(subject).toMatch(/models\/m\.ts: model "m"$/);
    expect(fields).toEqual(['label']);
  });

  it.each([
    ['datasets', 'an exported defineDataset({...})'],
    ['models', 'an exported defineModel({...})'],
  ])('names a file of %s that exports none', async (folder, expected) => {
    const { subject, message } = await refusal(
      project({ 'datasets/a.ts': dataset('a'), [`${folder}/none.ts`]: 'export const x = 1;' }),
    );
    expect(subject).toMatch(new RegExp(`${folder}/none\\.ts$`));
    expect(message).toContain(`exports: expected ${expected}, got x`);
  });

  it('names both files of one name', async () => {
    const { subject, message } = await refusal(
      project({ 'datasets/a.ts': dataset('same'), 'datasets/b.ts': dataset('same') }),
    );
    expect(subject).toMatch(/datasets\/b\.ts$/);
    expect(message).toMatch(/name: expected a name not used in .*datasets\/a\.ts, got "same"/);
  });

  it('refuses a model of a dataset that is not the project’s', async () => {
    const elsewhere = project({ 'datasets/b.ts': dataset('a', ", c: { type: 'text' }") });
    const other = model('m', 'a').replace('../datasets/a.ts', join(elsewhere, 'datasets/b.ts'));
    const { subject, message } = await refusal(
      project({ 'datasets/a.ts': dataset('a'), 'models/m.ts': other }),
    );
    expect(subject).toMatch(/models\/m\.ts$/);
    expect(message).toContain('from: expected a dataset exported by datasets/*.ts (a), got "a"');
  });

  it('says that a folder is no project', async () => {
    const { subject, message } = await refusal(join(root, 'nothing'));
    expect(subject).toBe(`project ${join(root, 'nothing')}`);
    expect(message).toContain('datasets: expected a folder with files such as flights.ts, got none');
  });

  it('lets an error that is no mistake in a spec through', async () => {
    await expect(
      loadSpecs(project({ 'datasets/a.ts': "throw new RangeError('from the file');" })),
    ).rejects.toThrow('from the file');
  });
});
