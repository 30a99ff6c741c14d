import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { openRedaction } from '#adapters/open-redaction.ts';
import { logRows, type PredictionAnswer } from '#core/serve/answer.ts';
import { decideScores, toPredictions } from '#core/serve/decide.ts';
import { parseRows } from '#core/serve/parse-rows.ts';
import { predictionId } from '#core/serve/prediction-id.ts';
import { championHolder } from '../lib/pipelines/champion.ts';
import { json, jsonBody, respond } from './shared/http.ts';
import { openFirehoseLog } from './shared/prediction-log.ts';
import { openPredictor } from './shared/predictors.ts';
import { once, registry, store, variable } from './shared/resources.ts';

const model = variable('MODEL');
const log = once(() => openFirehoseLog(model, variable('PREDICTION_STREAM')));
const champion = championHolder({
  model,
  store: store(),
  registry: registry(),
  load: openPredictor,
  openRedaction: (columns) => openRedaction(store(), model, columns),
  clock: () => performance.now(),
});

/** `POST /v1/models/<model>/predict`: rows of raw columns in, the champion's predictions out, all of it logged. */
export const handler = (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> =>
  respond(async () => {
    const body = jsonBody(event);
    const { version, signature, decision, encoder, predictor, redact } = await champion();
    const rows = parseRows(signature, body);
    const start = performance.now();
    const features = { rows: rows.length, columns: encoder.columns, values: encoder.encode(rows) };
    const margins = predictor.margins(features);
    const scores = decideScores(decision, predictor.scores(features));
    const predictions = toPredictions(signature, decision, scores, margins);
    const latencyMs = performance.now() - start;
    const now = Date.now();
    const answer: PredictionAnswer = {
      predictionId: predictionId(now, randomBytes(10)),
      model,
      version,
      predictions,
    };
    const request = { ...answer, variant: 'champion', latencyMs, at: new Date(now).toISOString() } as const;
    const { predictions: _, ...logged } = request;
    const indexed = rows.map((row, index) => ({ index, row }));
    await log().append(logRows(signature, logged, indexed, predictions, redact));
    return json(200, answer);
  });
