import type { DuckDBConnection } from '@duckdb/node-api';
import { NotFeasibleError } from '#core/errors.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { LABEL_COLUMN, SPLIT_COLUMN } from '#core/training/training-query.ts';
import type { Preparation } from '#ports/preparation.ts';
import { queryRow, queryRows } from './query.ts';
import { identifier } from './sql.ts';
import { TRAINING_TABLE } from './training-table.ts';

const MOST_CLASSES = 1000;

/**
 * The classes of the train rows, by name. Later rows of any other class are taken out of the training table and
 * counted: rounds are chosen on the validation rows, which no model of the train rows could get right there.
 * @throws NotFeasibleError when there are fewer than 2 or more than 1000 classes
 */
export async function learnClasses(
  database: DuckDBConnection,
  model: ModelSpec,
): Promise<Required<Pick<Preparation, 'classes' | 'unseen'>>> {
  const [label, split] = [identifier(LABEL_COLUMN), identifier(SPLIT_COLUMN)];
  const known = `SELECT ${label} FROM ${TRAINING_TABLE} WHERE ${split} = 'train'`;
  const found = await queryRows(
    database,
    `SELECT DISTINCT label FROM (${known}) AS known(label) ORDER BY label`,
  );
  if (found.length < 2 || found.length > MOST_CLASSES) {
    throw new NotFeasibleError(
      `${model.name}: expected 2 to ${MOST_CLASSES} classes among the train rows, got ${found.length}`,
    );
  }
  const unseen = await queryRow(
    database,
    `SELECT count(DISTINCT ${label}) AS classes, count_if(${split} = 'validation') AS validation,
       count_if(${split} = 'test') AS test FROM ${TRAINING_TABLE} WHERE ${label} NOT IN (${known})`,
  );
  await database.run(`DELETE FROM ${TRAINING_TABLE} WHERE ${label} NOT IN (${known})`);
  return {
    classes: found.map(({ label }) => String(label)),
    unseen: {
      classes: Number(unseen.classes),
      rows: { validation: Number(unseen.validation), test: Number(unseen.test) },
    },
  };
}
