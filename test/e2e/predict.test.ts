import { beforeAll, describe, expect, it } from 'vitest';
import { loadPredictor } from '#adapters/xgboost/predict.ts';
import { bundlePrefix } from '#core/registry/bundle.ts';
import { rollBack } from '#core/registry/change-deployment.ts';
import type { Deployment, Rollout } from '#core/registry/deployment-records.ts';
import type { BinaryPrediction, LoggedPrediction, PredictionAnswer } from '#core/serve/answer.ts';
import { isCanary } from '#core/serve/assign-variant.ts';
import { compileEncoder } from '#core/serve/encode-rows.ts';
import { parseRows } from '#core/serve/parse-rows.ts';
import type { Signature } from '#core/serve/signature.ts';
import { type Bundle, loadBundle } from '#lib/pipelines/load-bundle.ts';
import { readPredictions } from '#lib/pipelines/read-predictions.ts';
import { xgboost } from '#test/adapters/xgboost/library.ts';
import { client, registry, store, waitFor } from './deployment.ts';
import { flightRows, type Row } from './flight-rows.ts';
import { type Answer, send, sendUnsigned } from './http.ts';
import { champion } from './training.ts';

const PATH = '/v1/models/flights-late/predict';

let version: number;
let bundle: Bundle;
let rows: readonly Row[];
let row: Row;
let start: number;
const pinned = new Set<string>();
const answered: { answer: PredictionAnswer<BinaryPrediction>; rows: readonly Row[] }[] = [];

beforeAll(async () => {
  ({ version } = await champion('flights-late'));
  const deployment = await registry.deployment('flights-late');
  bundle = await loadBundle(
    store,
    deployment?.champion?.manifest as NonNullable<Bundle['manifest']['files']['model.ubj']>,
  );
  rows = await flightRows('04');
  row = rows[0] as Row;
  start = Date.now();
});

async function predict(sent: readonly Row[]): Promise<PredictionAnswer<BinaryPrediction>> {
  const answer = (await client.predict('flights-late', sent)) as PredictionAnswer<BinaryPrediction>;
  answered.push({ answer, rows: sent });
  return answer;
}

/** What libxgboost says when it is given the stored model and the encoded rows. */
function expectedMargins(signature: Signature, sent: readonly Row[]): number[] {
  const parsed = parseRows(signature, { rows: sent });
  const encoder = compileEncoder(signature);
  const predictor = loadPredictor(xgboost, bundle.model);
  try {
    const matrix = { rows: parsed.length, columns: encoder.columns, values: encoder.encode(parsed) };
    return [...predictor.margins(matrix)];
  } finally {
    predictor.close();
  }
}

function refusal({ status, type, body }: Answer): { status: number; fields: string[]; type: string } {
  expect(type).toBe('application/problem+json');
  const problem = JSON.parse(body) as {
    type: string;
    status: number;
    detail: string;
    errors?: { field: string }[];
  };
  expect(problem.status).toBe(status);
  expect(problem.detail.length).toBeGreaterThan(10);
  return { status, type: problem.type, fields: (problem.errors ?? []).map(({ field }) => field) };
}

describe('the champion answers', () => {
  it.each([1, 2, 1000])('%i rows in the order they came, with its own name and number', async (count) => {
    const sent = rows.slice(100, 100 + count);
    const answer = await predict(sent);
    expect(answer).toMatchObject({ model: 'flights-late', version });
    expect(answer.predictionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.predictions).toHaveLength(count);
    const margins = answer.predictions.map(({ margin }) => margin);
    expect(margins).toEqual(expectedMargins(bundle.signature, sent));
    for (const { probability, margin } of answer.predictions) {
      expect(probability).toBeCloseTo(1 / (1 + Math.exp(-margin)), 6);
    }
  });

  it('rows whose optional columns are absent or null, and levels that training never saw', async () => {
    const { wind_gust: _, ...without } = row;
    const sent = [without, { ...row, wind_gust: null, temp: null }, { ...row, carrier: '??', dest: 'ZZZ' }];
    const answer = await predict(sent);
    expect(answer.predictions.map(({ margin }) => margin)).toEqual(expectedMargins(bundle.signature, sent));
  });

  it('a row with known columns that it does not need, and does not look at them', async () => {
    const [plain, more] = (await predict([row, { ...row, tailnum: 'N1', dep_time: 'x' }])).predictions;
    expect(more).toEqual(plain);
  });
});

describe('a request is refused', () => {
  it('without a signature', async () => {
    const { status } = await sendUnsigned('POST', PATH, JSON.stringify({ rows: [row] }));
    expect(status).toBe(403);
  });

  it('with the secret of nobody', async () => {
    const nobody = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wrong' };
    expect((await send('POST', PATH, JSON.stringify({ rows: [row] }), nobody)).status).toBe(403);
  });

  it('for a model that is not deployed', async () => {
    const answer = await send('POST', '/v1/models/no-such-model/predict', JSON.stringify({ rows: [row] }));
    expect(refusal(answer)).toMatchObject({ status: 404, type: 'urn:leeboard:problem:NotFoundError' });
  });

  it('for a model that has no champion', async () => {
    const answer = await send('POST', '/v1/models/silence-high/predict', JSON.stringify({ rows: [{}] }));
    expect(refusal(answer)).toMatchObject({ status: 409, type: 'urn:leeboard:problem:NotReadyError' });
  });

  it.each<[what: string, change: Readonly<Record<string, unknown>>, field: string]>([
    ['a missing column', { distance: undefined }, 'rows[1].distance'],
    ['null where a value is needed', { carrier: null }, 'rows[1].carrier'],
    ['text where a number belongs', { distance: '100' }, 'rows[1].distance'],
    ['a number where text belongs', { carrier: 7 }, 'rows[1].carrier'],
    ['a list', { distance: [1] }, 'rows[1].distance'],
    ['an object', { carrier: { a: 1 } }, 'rows[1].carrier'],
    ['true for a number', { distance: true }, 'rows[1].distance'],
    ['a number above its range', { distance: 6000.5 }, 'rows[1].distance'],
    ['a number below its range', { distance: -1 }, 'rows[1].distance'],
    ['a fraction where whole numbers belong', { sched_dep_time: 10.5 }, 'rows[1].sched_dep_time'],
    ['a text that is not among the accepted ones', { origin: 'XXX' }, 'rows[1].origin'],
    ['a text that is too long', { carrier: 'ABC' }, 'rows[1].carrier'],
    ['half of a surrogate pair', { carrier: '\ud800' }, 'rows[1].carrier'],
    ['a NUL character', { carrier: 'a\0' }, 'rows[1].carrier'],
    ['no instant', { time_hour: 'yesterday' }, 'rows[1].time_hour'],
    ['a day that does not exist', { time_hour: '2013-02-30T00:00:00Z' }, 'rows[1].time_hour'],
    ['an instant out of range', { time_hour: '0001-01-01T00:00:00Z' }, 'rows[1].time_hour'],
    ['the text NaN', { temp: 'NaN' }, 'rows[1].temp'],
    ['an unknown column', { distanc: 1 }, 'rows[1].distanc'],
    ['a column named constructor', { constructor: 1 }, 'rows[1].constructor'],
  ])('for %s, and names the field', async (_, change, field) => {
    const answer = await send('POST', PATH, JSON.stringify({ rows: [row, { ...row, ...change }] }));
    expect(refusal(answer)).toEqual({
      status: 422,
      type: 'urn:leeboard:problem:InvalidInputError',
      fields: [field],
    });
  });

  const text = (change: (json: string) => string) => change(JSON.stringify({ rows: [row] }));
  it.each<[what: string, body: () => string, field: string]>([
    [
      '1e400',
      () => text((json) => json.replace(/"distance":[\d.]+/, '"distance":1e400')),
      'rows[0].distance',
    ],
    [
      '-1e400',
      () => text((json) => json.replace(/"distance":[\d.]+/, '"distance":-1e400')),
      'rows[0].distance',
    ],
    [
      'a column __proto__',
      () => text((json) => json.replace('{"rows":[{', '{"rows":[{"__proto__":{"a":1},')),
      'rows[0].__proto__',
    ],
    ['a member __proto__', () => text((json) => json.replace('{', '{"__proto__":1,')), '__proto__'],
    ['another member', () => text((json) => json.replace('{', '{"model":"x",')), 'model'],
    ['no rows', () => '{"rows":[]}', 'rows'],
    ['1001 rows', () => JSON.stringify({ rows: rows.slice(0, 1001) }), 'rows'],
    ['rows that are no list', () => '{"rows":{"0":1}}', 'rows'],
    ['no member rows', () => '{}', 'rows'],
    ['rows that are no objects', () => '{"rows":[1]}', 'rows[0]'],
    ['a list', () => '[]', ''],
    ['null', () => 'null', ''],
    ['a text', () => '"rows"', ''],
    [
      'deep nesting',
      () =>
        text((json) =>
          json.replace(/"distance":[\d.]+/, `"distance":${'['.repeat(50_000)}${']'.repeat(50_000)}`),
        ),
      `rows[0].distance${'[0]'.repeat(29)}`,
    ],
    [
      'a column twice',
      () => text((json) => json.replace('{"rows":[{', '{"rows":[{"distance":1,')),
      'rows[0].distance',
    ],
  ])('for %s, and names the field', async (_, body, field) => {
    const found = refusal(await send('POST', PATH, body()));
    expect(found.status).toBe(422);
    expect(found.fields).toContain(field);
  });

  it.each<[what: string, body: string | Uint8Array, status: number]>([
    ['nothing', '', 400],
    ['no JSON', 'rows=1', 400],
    ['bare NaN', '{"rows":[{"distance":NaN}]}', 400],
    ['half of a JSON text', '{"rows":[{"distance":1', 400],
    ['more than 2 MiB', JSON.stringify({ rows: [{ carrier: 'x'.repeat(2 * 2 ** 20) }] }), 413],
  ])('that cannot be read: %s', async (_, body, status) => {
    expect(refusal(await send('POST', PATH, body))).toMatchObject({
      status,
      type: 'urn:leeboard:problem:BadRequestError',
    });
  });

  it('naming every wrong field at once, but no more than twenty', async () => {
    const two = await send('POST', PATH, JSON.stringify({ rows: [{ ...row, distance: -1, origin: 'X' }] }));
    expect(refusal(two).fields.sort()).toEqual(['rows[0].distance', 'rows[0].origin']);
    const many = await send('POST', PATH, JSON.stringify({ rows: Array.from({ length: 100 }, () => ({})) }));
    expect(refusal(many).fields).toHaveLength(20);
  });
});

describe('a version that is asked for', () => {
  const path = (wanted: number | string) => `/v1/models/flights-late/versions/${wanted}/predict`;

  it('answers whatever is deployed', async () => {
    const answer = await client.request<PredictionAnswer<BinaryPrediction>>('POST', path(version), {
      rows: [row],
    });
    pinned.add(answer.predictionId);
    expect(answer).toMatchObject({
      version,
      predictions: [{ margin: expectedMargins(bundle.signature, [row])[0] }],
    });
  });

  it.each(['999', '0', 'latest'])('that does not exist is not found: %s', async (wanted) => {
    const answer = await send('POST', path(wanted), JSON.stringify({ rows: [row] }));
    expect(refusal(answer)).toMatchObject({ status: 404, type: 'urn:leeboard:problem:NotFoundError' });
  });
});

describe('a challenger', () => {
  it('answers the rows that stick to it and no others, is counted, and is gone with its rollout', async () => {
    const before = (await registry.deployment('flights-late')) as Deployment;
    const mandate = { by: 'test', at: new Date().toISOString(), reason: 'a canary in a test' };
    // The champion's own bundle under another number: what is tried here is who answers, not what.
    const number = version + 1000;
    const key = `${bundlePrefix('flights-late', number)}/manifest.json`;
    const manifest = await store.write(key, JSON.stringify({ ...bundle.manifest, version: number }));
    const candidate = { version: number, manifest };
    const rollout: Rollout = {
      id: `test-${Date.now()}`,
      candidate,
      stage: { kind: 'canary', percent: 50 },
      stageIndex: 0,
      stageStartedAt: mandate.at,
      stickTo: 'carrier',
    };
    const audit = {
      model: 'flights-late',
      rev: before.rev + 1,
      ...mandate,
      action: 'begin-rollout',
    } as const;
    await registry.commitDeployment({
      expectedRev: before.rev,
      next: { ...before, rev: before.rev + 1, rollout },
      audit: { ...audit, from: version, to: version, of: number },
    });
    const sent = rows.slice(0, 200);
    const ask = async () => {
      const answer = (await client.predict('flights-late', sent)) as PredictionAnswer<BinaryPrediction>;
      answered.push({ answer, rows: sent });
      return answer;
    };
    const answer = await waitFor('the challenger to answer', async () => {
      const found = await ask();
      return found.predictions.some((prediction) => prediction.version === number) && found;
    });
    const expected = sent.map(({ carrier }) => (isCanary(rollout, String(carrier)) ? number : undefined));
    expect(answer.predictions.map((prediction) => prediction.version)).toEqual(expected);
    const counted = await waitFor('the challenger to be counted', async () => {
      const { champion, candidate: challenger } = await registry.served('flights-late', {
        rollout: rollout.id,
        stageIndex: 0,
      });
      return challenger.requests > 0 && champion.requests > 0 && { champion, challenger };
    });
    expect(counted.challenger.errors + counted.champion.errors).toBe(0);
    const current = (await registry.deployment('flights-late')) as Deployment;
    await registry.commitDeployment(rollBack(current, { ...mandate, id: rollout.id }));
    await waitFor(
      'the rollback to be seen',
      async () => {
        const { predictions } = await ask();
        return predictions.every((prediction) => prediction.version === undefined);
      },
      10,
    );
  });
});

describe('the prediction log', () => {
  it('has every answered row exactly once, with what came in and what went out, and nothing else', async () => {
    const expected = answered.flatMap(({ answer, rows: sent }) =>
      parseRows(bundle.signature, { rows: sent }).map((parsed, index) => ({
        id: `${answer.predictionId}#${index}`,
        model: 'flights-late',
        version: answer.predictions[index]?.version ?? answer.version,
        variant: answer.predictions[index]?.version === undefined ? 'champion' : 'canary',
        key: pick(parsed, bundle.signature.key),
        inputs: pick(
          parsed,
          bundle.signature.inputs.map(({ name }) => name),
        ),
        ...withoutVersion(answer.predictions[index]),
      })),
    );
    expect(expected.length).toBeGreaterThan(1000);
    const logged = await waitFor(`${expected.length} rows in the log`, async () => {
      const found = await readPredictions(store, 'flights-late', start, Date.now() + 1);
      return found.length >= expected.length + pinned.size && found;
    });
    const byId = (all: readonly { id: string }[]) => [...all].sort((a, b) => (a.id < b.id ? -1 : 1));
    const alone = logged.filter(({ id }) => pinned.has(id.split('#')[0] ?? ''));
    expect(alone.map(({ variant, version: by }) => [variant, by])).toEqual([['pinned', version]]);
    const answers = logged.filter((row) => !alone.includes(row));
    expect(byId(answers.map(({ at: _, latencyMs: __, ...rest }) => rest))).toEqual(byId(expected));
    for (const { at, latencyMs } of logged) {
      expect(Date.parse(at)).toBeGreaterThanOrEqual(start);
      expect(latencyMs).toBeGreaterThanOrEqual(0);
    }
  });
});

function withoutVersion(
  { version: _, ...prediction }: PredictionAnswer['predictions'][number] = { value: 0 },
) {
  return prediction;
}

function pick(parsed: LoggedPrediction['inputs'], names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, parsed[name] ?? null]));
}
