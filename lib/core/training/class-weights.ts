import { InvalidInputError, showValue } from '../errors.ts';
import type { SingleAlgorithm } from '../spec/algorithm.ts';

type ClassWeights = Extract<SingleAlgorithm, { classWeights?: unknown }>['classWeights'];

/**
 * Each row's weight by its class.
 * `balanced` is n / (classes x rows of the class), as in King and Zeng, Political Analysis 9, 2001.
 * @param labels class indices, one a row
 * @param classes names, in the order of the indices; those of a binary model are `false` and `true`
 * @throws InvalidInputError when a weight names a class that the rows do not have
 */
export function rowWeights(
  classWeights: NonNullable<ClassWeights>,
  labels: Float32Array,
  classes: readonly string[],
): Float32Array {
  if (classWeights === 'balanced') {
    const counts = new Array<number>(classes.length).fill(0);
    for (const label of labels) counts[label] = (counts[label] as number) + 1;
    return labels.map((label) => labels.length / (classes.length * (counts[label] as number)));
  }
  for (const name of Object.keys(classWeights)) {
    if (!classes.includes(name)) {
      const expected = `one of ${classes.join(', ')}`;
      throw new InvalidInputError([{ field: 'algorithm.classWeights', expected, got: showValue(name) }]);
    }
  }
  const weights = classes.map(
    (name) => (Object.hasOwn(classWeights, name) ? classWeights[name] : 1) as number,
  );
  return labels.map((label) => weights[label] as number);
}
