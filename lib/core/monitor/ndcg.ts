/**
 * Normalised discounted cumulative gain, in [0, 1]: how well `ranking` puts the largest gains first. DCG = sum gain /
 * log2(rank + 1), rank from 1, over that of the best order. Things that tie in `ranking` share their ranks: each has
 * the mean discount of them.
 * Source: Järvelin and Kekäläinen, ACM TOIS 20, 2002; McSherry and Najork, ECIR 2008 (ties).
 * @param gains at least 0, one a thing
 * @param ranking one a thing, the largest first
 * @returns null when every gain is 0: no order is better than another
 */
export function ndcg(gains: readonly number[], ranking: readonly number[]): number | null {
  const best = discountedGain(gains, gains);
  return best === 0 ? null : Math.min(1, discountedGain(gains, ranking) / best);
}

function discountedGain(gains: readonly number[], ranking: readonly number[]): number {
  const order = ranking.map((_, thing) => thing).sort((a, b) => at(ranking, b) - at(ranking, a));
  let sum = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    let [gain, discount] = [0, 0];
    while (end < order.length && at(ranking, at(order, end)) === at(ranking, at(order, start))) {
      gain += at(gains, at(order, end));
      discount += 1 / Math.log2(end + 2);
      end++;
    }
    sum += (gain * discount) / (end - start);
  }
  return sum;
}

const at = (values: readonly number[], index: number): number => values[index] as number;
