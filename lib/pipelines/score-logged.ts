import { NotFoundError, showValue } from '#core/errors.ts';
import type { Row } from '#core/expression/index.ts';
import type { Engine, ModelManifest } from '#core/registry/bundle.ts';
import type { ObjectPointer } from '#core/registry/records.ts';
import { inputReader } from '#core/replay/read-inputs.ts';
import type { ReplayReport } from '#core/replay/report.ts';
import type { LoggedPrediction, Prediction } from '#core/serve/answer.ts';
import { MAX_ROWS } from '#core/serve/parse-rows.ts';
import type { InputColumn, Signature } from '#core/serve/signature.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { Predictor } from '#ports/predictor.ts';
import type { ModelRegistry } from '#ports/registry.ts';
import { type Bundle, readJson } from './load-bundle.ts';
import { rowScorer } from './score-rows.ts';

export interface ReplayPorts {
  readonly store: ObjectStore;
  readonly registry: Pick<ModelRegistry, 'modelVersion' | 'deployment'>;
  readonly load: (engine: Engine, model: Uint8Array, signature: Signature) => Predictor;
}

/** Columns that the log hides of a row. */
export type Hidden = (answer: LoggedPrediction) => ReadonlySet<string>;

/** A version's answers to logged rows. */
export interface Scored {
  /** null for a row that it cannot score. */
  readonly answers: readonly (Prediction | null)[];
  readonly refused: ReplayReport['refused'];
  readonly unread: ReplayReport['unread'];
}

/** A version's answers to the logged rows, through the path that serving takes, as many at once as it does. */
export function scoreLogged(
  { load }: ReplayPorts,
  { signature, decision, manifest, model }: Bundle,
  logged: readonly LoggedPrediction[],
  hiddenOf: Hidden,
): Scored {
  const predictor = load(manifest.engine, model, signature);
  try {
    const answer = rowScorer({ signature, decision, predictor });
    const own = sensitiveOf(signature.inputs);
    const readers = new Map<ReadonlySet<string>, ReturnType<typeof inputReader>>();
    const refused = { rows: 0, absent: {}, unfit: {} };
    const unread = { hidden: {}, absent: {} };
    const answers = new Array<Prediction | null>(logged.length).fill(null);
    for (let start = 0; start < logged.length; start += MAX_ROWS) {
      const rows: { index: number; row: Row }[] = [];
      for (let index = start; index < Math.min(start + MAX_ROWS, logged.length); index++) {
        const prediction = logged[index] as LoggedPrediction;
        const hidden = hiddenOf(prediction);
        const reader = readers.get(hidden) ?? inputReader(signature, new Set([...hidden, ...own]));
        readers.set(hidden, reader);
        const { row, ...found } = reader({ ...prediction.key, ...prediction.inputs });
        if (row === null) {
          refused.rows++;
          tally(refused.absent, found.absent);
          tally(refused.unfit, found.unfit);
        } else {
          rows.push({ index, row });
          tally(unread.hidden, found.hidden);
          tally(unread.absent, found.absent);
        }
      }
      const scored = answer(rows.map(({ row }) => row));
      for (const [position, { index }] of rows.entries()) answers[index] = scored[position] as Prediction;
    }
    return { answers, refused, unread };
  } finally {
    predictor.close();
  }
}

function tally(counts: Record<string, number>, columns: readonly string[]): void {
  for (const column of columns) counts[column] = (counts[column] ?? 0) + 1;
}

/** What each version that answered was told to keep out of the log. */
export async function hiddenColumns(
  ports: ReplayPorts,
  model: string,
  answers: readonly LoggedPrediction[],
): Promise<Hidden> {
  const versions = [...new Set(answers.map(({ version }) => version))];
  const sets = await Promise.all(
    versions.map(async (version) => {
      const manifest = await readJson<ModelManifest>(ports.store, await manifestOf(ports, model, version));
      const signature = await readJson<Signature>(ports.store, manifest.files['signature.json']);
      return [version, new Set(sensitiveOf([...signature.inputs, ...signature.carried]))] as const;
    }),
  );
  const byVersion = new Map(sets);
  return ({ version }) => byVersion.get(version) as ReadonlySet<string>;
}

const sensitiveOf = (columns: readonly InputColumn[]) =>
  columns.filter(({ column }) => column.sensitive !== undefined).map(({ name }) => name);

export async function manifestOf(
  { registry }: ReplayPorts,
  model: string,
  version: number,
): Promise<ObjectPointer> {
  const found = await registry.modelVersion(model, version);
  if (!found?.manifest) throw new NotFoundError(`model ${showValue(model)} has no version ${version}`);
  return found.manifest;
}
