import { expect, it, onTestFinished } from 'vitest';
import { predictorOpener } from '#adapters/open-predictor.ts';
import type { BinaryPrediction, LoggedPrediction, PredictionAnswer } from '#core/serve/answer.ts';
import { openBundle } from '#lib/server/open-bundle.ts';
import { startServer } from '#lib/server/start-server.ts';
import { libraryPath } from '#test/adapters/xgboost/library.ts';
import { askTriton } from '#test/support/tritonclient/ask.ts';
import { expectAgreement } from '#test/support/tritonclient/expect-agreement.ts';
import { trainedBundle, tripRows } from './trained-bundle.ts';

it('answers Python’s tritonclient, as it is shipped, as it answers its own protocol', async () => {
  const bundle = await trainedBundle();
  onTestFinished(() => bundle.remove());
  const logged: LoggedPrediction[] = [];
  const log = { append: async (rows: readonly LoggedPrediction[]) => void logged.push(...rows) };
  const served = await openBundle({ ...bundle, open: predictorOpener(() => libraryPath), log });
  const server = await startServer(served, { port: 0, host: '127.0.0.1', report: () => {} });
  onTestFinished(() => server.stop());
  // numpy has no missing text.
  const rows = tripRows(100, 'asked').filter(({ kind }) => kind !== null);
  const body = JSON.stringify({ rows });
  const answer = await fetch(`${server.url}/v1/models/trips-late/predict`, { method: 'POST', body });
  const ours = (await answer.json()) as PredictionAnswer<BinaryPrediction>;
  const questions = {
    url: new URL(server.url).host,
    model: 'trips-late',
    version: 3,
    id: 'triton-1',
    rows,
  };
  const answers = await askTriton(questions);
  expectAgreement(answers, questions, ours, {
    name: 'km',
    expected: 'a number at least 0 and at most 100 or null',
  });
  const byBinary = answers.answers.binary.predictionId;
  expect(logged.filter(({ id }) => id.startsWith(byBinary)).map(({ requestId }) => requestId)).toEqual(
    rows.map(() => 'triton-1'),
  );
});
