import { inflateSync } from 'node:zlib';
import type { TrainingRequest, TrainingSet } from '#ports/trainer.ts';
import { matrix, readJson, rowsOf, unpack } from './fixture.ts';

/** What Python trained and answered for one objective or option; made by fixtures/make_objectives.py. */
export interface PythonCase {
  readonly name: string;
  readonly request: TrainingRequest;
  readonly bestRound: number;
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly model: Uint8Array;
  readonly outputs: number;
  readonly margins: Float32Array;
  readonly scores: Float32Array;
  readonly contributions: Float32Array;
}

const json = readJson('objectives.json');

export const madeOn: string = json.madeWith.platform;

export const pythonCases: readonly PythonCase[] = json.cases.map(readCase);

/** The matrix that every case's answers are for: its first rows. */
export const asked = matrix(
  unpack(json.values).subarray(0, json.asked * json.features.length),
  json.features.length,
);

export function pythonCase(name: string): PythonCase {
  const found = pythonCases.find((python) => python.name === name);
  if (!found) throw new Error(`no such case: ${name}`);
  return found;
}

// biome-ignore lint/suspicious/noExplicitAny: the fixture's own JSON
function readCase(python: any): PythonCase {
  const all: TrainingSet = {
    features: matrix(unpack(json.values), json.features.length),
    labels: unpack(json.labels[python.labels]),
    ...(python.weighted && { weights: unpack(json.weights) }),
  };
  const validation = rowsOf(all, json.split, all.features.rows);
  return {
    ...python,
    request: {
      train: rowsOf(all, 0, json.split),
      ...(python.parameters.earlyStop && { validation }),
      features: json.features,
      parameters: python.parameters,
      evaluateTrain: true,
    },
    model: inflateSync(Buffer.from(python.model, 'base64')),
    margins: unpack(python.margins),
    scores: unpack(python.scores),
    contributions: unpack(python.contributions),
  };
}
