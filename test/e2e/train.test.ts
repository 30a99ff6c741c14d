import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { IntegrityError } from '#core/errors.ts';
import { bundleFiles, type ModelManifest, modelPointer } from '#core/registry/bundle.ts';
import type { Deployment } from '#core/registry/deployment-records.ts';
import type { ObjectPointer } from '#core/registry/records.ts';
import { ApiError } from '#lib/client/errors.ts';
import { loadBundle, readJson } from '#lib/pipelines/load-bundle.ts';
import { client, registry, store, waitFor } from './deployment.ts';
import { type BusEvent, type Mailbox, openBusMailbox } from './mailbox.ts';
import { dropFlights, type TrainingResult, train } from './training.ts';

let events: Mailbox<BusEvent>;
beforeAll(async () => {
  events = await openBusMailbox();
  await dropFlights();
});

async function manifestOf(model: string, version: number): Promise<ModelManifest> {
  const record = await registry.modelVersion(model, version);
  return readJson(store, record?.manifest as ObjectPointer);
}

describe('training on the weather and three months of flights', () => {
  let before: Deployment | undefined;
  let result: TrainingResult;
  beforeAll(async () => {
    before = await registry.deployment('flights-late');
    result = await train('flights-late');
  });

  it('gives a champion that tells late flights from others', async () => {
    expect(result.status).toBe('promoted');
    expect(result.metrics.auc).toBeGreaterThan(0.65);
    expect(result.metrics.logLoss).toBeLessThan(0.5);
    expect(await registry.deployment('flights-late')).toMatchObject({
      champion: { version: result.version },
    });
  });

  it('says in numbers why the version passed', async () => {
    expect(result.verdict.join('\n')).toMatch(/auc.* 0\.7\d+.* 0\.6/i);
    const [run] = await client.runs('flights-late');
    expect(run).toMatchObject({
      pipeline: 'train-model',
      status: 'succeeded',
      by: 'anna',
      version: result.version,
      metrics: result.metrics,
      verdict: result.verdict,
    });
  });

  it('names the very dataset versions it came from', async () => {
    const manifest = await manifestOf('flights-late', result.version);
    const latest = await Promise.all(
      ['flights', 'weather'].map((name) => registry.latestDatasetVersion(name)),
    );
    expect(manifest.datasets).toEqual(
      latest.map((found) => ({
        dataset: found?.dataset,
        version: found?.version,
        manifest: found?.manifest,
      })),
    );
    expect(manifest).toMatchObject({
      model: 'flights-late',
      version: result.version,
      parent: before?.champion?.version ?? null,
      seed: 1,
    });
    expect(manifest.libraries).toEqual({ xgboost: '3.2.0', duckdb: expect.stringMatching(/^v?1\./) });
  });

  it('keeps a bundle whose every file has the size and the hash that its manifest says', async () => {
    const { files } = await manifestOf('flights-late', result.version);
    expect(Object.keys(files).sort()).toEqual([...bundleFiles('xgboost')].sort());
    for (const file of Object.values(files)) expect(await store.readVerified(file)).toHaveLength(file.size);
  });

  it('tells the bus what happened', async () => {
    const registered = await eventOf('ModelVersionRegistered', 'flights-late');
    expect(registered).toMatchObject({ detailVersion: 1, version: result.version });
    const changed = await eventOf('DeploymentChanged', 'flights-late');
    expect(changed).toMatchObject({
      detailVersion: 1,
      champion: result.version,
      rev: (before?.rev ?? 0) + 1,
    });
  });
});

describe('training again on the same data', () => {
  it('gives the same model to the byte, which passes and knows its parent', async () => {
    const [first, second] = [await train('flights-watched'), await train('flights-watched')];
    const models = await Promise.all(
      [first, second].map(async ({ version }) => {
        return store.readVerified(modelPointer(await manifestOf('flights-watched', version)));
      }),
    );
    expect(Buffer.from(models[0] as Uint8Array).equals(models[1] as Uint8Array)).toBe(true);
    expect(second).toMatchObject({ status: 'promoted', version: first.version + 1, metrics: first.metrics });
    expect((await manifestOf('flights-watched', second.version)).parent).toBe(first.version);
    expect(await registry.deployment('flights-watched')).toMatchObject({
      champion: { version: second.version },
    });
  });
});

describe('a version that misses a gate', () => {
  let result: TrainingResult;
  beforeAll(async () => {
    result = await train('flights-strict');
  });

  it('is refused, and the verdict says what it reached and what it had to reach', async () => {
    expect(result.status).toBe('refused');
    const reached = result.metrics.auc as number;
    expect(reached).toBeLessThan(0.99);
    expect(result.verdict.join('\n')).toContain('0.99');
    expect(result.verdict.join('\n')).toContain(reached.toFixed(2));
    expect((await client.runs('flights-strict'))[0]).toMatchObject({
      status: 'refused',
      version: result.version,
      verdict: result.verdict,
    });
    expect(await registry.modelVersion('flights-strict', result.version)).toMatchObject({
      status: 'refused',
    });
  });

  it('never becomes champion', async () => {
    expect(await registry.deployment('flights-strict')).toBeUndefined();
    expect(await client.model('flights-strict')).toMatchObject({ champion: null, latest: result.version });
    await expect(client.predict('flights-strict', [{}])).rejects.toMatchObject({ status: 409 });
  });
});

describe('training without data', () => {
  it('fails, says which dataset is empty and what to do, and is kept as a failed run', async () => {
    const expected = expect.stringMatching(
      /^silence-high: dataset silence has no version as of .*Z: drop a file under incoming\/silence\/$/,
    );
    await expect(train('silence-high')).rejects.toThrow(`NotFeasibleError`);
    const [run] = await registry.runs('silence-high', { limit: 1 });
    expect(run).toMatchObject({ status: 'failed', error: { name: 'NotFeasibleError', message: expected } });
    expect(run?.finishedAt).toBeDefined();
    const failed = await waitFor('RunFailed', async () =>
      (await events.read()).find(({ 'detail-type': type }) => type === 'RunFailed'),
    );
    expect(failed.detail).toMatchObject({
      detailVersion: 1,
      pipeline: 'train-model',
      subject: 'silence-high',
      error: 'NotFeasibleError',
      runId: run?.runId,
    });
  });
});

describe('training as of a day in the past', () => {
  it('sees no data that came later', async () => {
    await dropFlights();
    const arn = await client.start('train-model', 'flights-strict', { asOf: '2001-01-01T00:00:00Z' });
    await expect(client.finish(arn)).rejects.toThrow(
      /NotFeasibleError.*no version as of 2001-01-01T00:00:00.000Z/,
    );
  });
});

describe('a byte that was flipped after training', () => {
  const MODEL = 'flights-strict';

  /** A bundle as the manifest of its version says, but for one byte of its model; the manifest names the new object. */
  async function tamper(version: number): Promise<{ model: ObjectPointer; manifest: ObjectPointer }> {
    const manifest = await manifestOf(MODEL, version);
    const approved = modelPointer(manifest);
    const bytes = await store.readVerified(approved);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    const { versionId } = await store.write(approved.key, bytes);
    const model = { ...approved, versionId };
    const forged = { ...manifest, files: { ...manifest.files, 'model.ubj': model } };
    return {
      model,
      manifest: await store.write(`models/${MODEL}/versions/forged.json`, canonicalJson(forged)),
    };
  }

  it('does not reach what is pinned, and is refused where it is named', async () => {
    const version = (await client.model(MODEL)).latest as number;
    const record = await registry.modelVersion(MODEL, version);
    const pinned = record?.manifest as ObjectPointer;
    const before = await loadBundle(store, pinned);
    const { manifest } = await tamper(version);
    expect(await loadBundle(store, pinned)).toEqual(before);
    await expect(loadBundle(store, manifest)).rejects.toThrow(IntegrityError);
    await expect(loadBundle(store, { ...pinned, ...manifest, sha256: pinned.sha256 })).rejects.toThrow(
      IntegrityError,
    );
  });

  it('is never served, not even when the pointer names it', async () => {
    const version = (await client.model(MODEL)).latest as number;
    const { manifest } = await tamper(version);
    const at = '2026-01-01T00:00:00.000Z';
    const audit = {
      model: MODEL,
      at,
      by: 'mallory',
      action: 'promote',
      from: null,
      to: version,
      reason: '',
    } as const;
    const point = (rev: number, champion: Deployment['champion']) =>
      registry.commitDeployment({
        expectedRev: rev,
        next: { model: MODEL, rev: rev + 1, champion, changedAt: at },
        audit: { ...audit, rev: rev + 1 },
      });
    const start = Date.now();
    await point(0, { version, manifest });
    try {
      const refusal = await client.predict(MODEL, [{}]).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(ApiError);
      expect(refusal).toMatchObject({ status: 500 });
      const lines = await client.logs(`${MODEL}-predict`, start);
      expect(lines.filter(({ message }) => message.includes('IntegrityError'))).not.toEqual([]);
    } finally {
      await point(1, null);
    }
  });
});

async function eventOf(type: string, model: string): Promise<Readonly<Record<string, unknown>>> {
  const event = await waitFor(`${type} of ${model}`, async () =>
    (await events.read()).find((found) => found['detail-type'] === type && found.detail.model === model),
  );
  return event.detail;
}
