/** The class of the highest probability in a row of a row-major matrix; the first of equals. */
export function topClass(probabilities: ArrayLike<number>, row: number, classes: number): number {
  const start = row * classes;
  let top = 0;
  for (let at = 1; at < classes; at++) {
    if ((probabilities[start + at] as number) > (probabilities[start + top] as number)) top = at;
  }
  return top;
}
