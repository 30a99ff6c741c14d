import { expect } from 'vitest';
import type { BinaryPrediction, PredictionAnswer } from '#core/serve/answer.ts';
import type { TritonAnswers, TritonQuestions } from './ask.ts';

/**
 * What tritonclient got of a binary model must be what our own protocol says of the same rows, to the bit, however
 * the tensors travelled; and what it was refused must say why.
 * @param ours of the version that answers now, which is the version asked for, too
 * @param number the first input that is a number, and what it takes
 */
export function expectAgreement(
  answers: TritonAnswers,
  { id, model, version }: TritonQuestions,
  { predictions }: PredictionAnswer<BinaryPrediction>,
  number: { readonly name: string; readonly expected: string },
): void {
  expect(answers).toMatchObject({
    live: true,
    ready: true,
    modelReady: true,
    versionReady: true,
    unknownReady: [false, false],
    server: { name: 'leeboard', extensions: ['binary_tensor_data'] },
    model: { name: model, versions: [String(version)] },
    versionsOfPinned: [String(version)],
  });
  const outputs = {
    probability: { datatype: 'FP64', data: predictions.map(({ probability }) => probability) },
    margin: { datatype: 'FP32', data: predictions.map(({ margin }) => margin) },
    positive: { datatype: 'BOOL', data: predictions.map(({ positive }) => positive) },
    version: { datatype: 'INT64', data: predictions.map(() => version) },
  };
  const { concurrent, ...answered } = answers.answers;
  for (const [how, answer] of Object.entries(answered)) {
    expect({ how, ...answer }).toMatchObject({ how, id, version: String(version), outputs });
  }
  expect(Object.keys(answered)).toHaveLength(6);
  expect(new Set(Object.values(answered).map(({ predictionId }) => predictionId)).size).toBe(6);
  expect(concurrent).toEqual(outputs.probability.data);
  const field = `inputs.${number.name}`;
  expect(answers.refusals).toEqual({
    model: { status: '404', message: expect.stringContaining('no-such-model') },
    version: { status: '404', message: expect.stringContaining('999999') },
    input: {
      status: '422',
      message: 'inputs.no_such_column: expected an input that the model knows, got "no_such_column"',
    },
    datatype: {
      status: '422',
      message: expect.stringMatching(`^${field}.datatype: expected one of .*"BYTES"$`),
    },
    value: {
      status: '422',
      message: expect.stringContaining(`${field}.data[0]: expected ${number.expected}, got Infinity`),
    },
    output: {
      status: '422',
      message:
        'outputs.no_such_output: expected one of probability, margin, positive, version, got "no_such_output"',
    },
    classification: { status: '422', message: expect.stringContaining('parameters.classification') },
  });
}
