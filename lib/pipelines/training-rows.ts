import type { ModelManifest } from '#core/registry/bundle.ts';
import type { Signature } from '#core/serve/signature.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { PreparedColumns } from '#core/training/training-sets.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type {
  LabelQuestion,
  LabelSurvey,
  PreparedReader,
  PreparedSets,
  Preparer,
  SplitSummary,
} from '#ports/preparation.ts';
import { fetchParts } from './fetch-parts.ts';

/** Dataset versions, one a dataset. */
export type DatasetChoices = ModelManifest['datasets'];

/** A window of rows as training prepares them. */
export interface PreparedWindow {
  readonly signature: Signature;
  readonly splits: Readonly<Record<'train' | 'validation' | 'test', SplitSummary>>;
  readonly sets: PreparedSets;
  /** Raw columns and label of the test rows, oldest first. */
  readonly testRows: () => Promise<PreparedColumns>;
}

/** Rows of dataset versions, looked at more than once. */
export interface TrainingRows {
  /** As `Preparer.surveyLabels`, of the version chosen of the model's own dataset; no rows where none is. */
  survey(choices: DatasetChoices, question: Omit<LabelQuestion, 'parts'>): Promise<LabelSurvey>;
  /**
   * Prepares the rows that a model may learn from, those from `testFrom` on held out. The one before is gone with it.
   * @throws NotFeasibleError as `Preparer.prepare` does
   */
  prepare(choices: DatasetChoices, model: ModelSpec, testFrom: string): Promise<PreparedWindow>;
}

export interface TrainingRowsPorts {
  readonly store: ObjectStore;
  readonly preparer: Preparer;
  readonly reader: PreparedReader;
  /** Of its own, for local files. */
  readonly folder: string;
}

/** Through what training itself goes through: the same joins, labels, features and levels. */
export function openTrainingRows({ store, preparer, reader, folder }: TrainingRowsPorts): TrainingRows {
  const held = new Map<string, Promise<void>>();
  const [featuresFile, testRowsFile] = [`${folder}/features.parquet`, `${folder}/test-rows.parquet`];
  return {
    async survey(choices, question) {
      const own = choices.find(({ dataset }) => dataset === question.model.from.name);
      if (!own) return { rows: 0, from: null, to: null, newestFrom: null };
      const parts = await fetchParts(store, folder, own.manifest, held);
      return preparer.surveyLabels({ ...question, parts });
    },
    async prepare(choices, model, testFrom) {
      const datasets = await Promise.all(
        choices.map(async ({ dataset, manifest }) => ({
          dataset,
          parts: await fetchParts(store, folder, manifest, held),
        })),
      );
      const { splits, levels, classes } = await preparer.prepare({
        model,
        datasets,
        featuresFile,
        testRowsFile,
        testFrom,
      });
      const signature = signatureOf(model, levels, classes);
      return {
        signature,
        splits,
        sets: await reader.readSets(featuresFile, signature),
        testRows: async () => (await reader.readColumns(testRowsFile)).columns,
      };
    },
  };
}
