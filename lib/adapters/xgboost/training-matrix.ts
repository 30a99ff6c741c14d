import type { TrainingFeature, TrainingParameters, TrainingSet } from '#ports/trainer.ts';
import { arrayInterface, columnInterfaces, type Handle, type Keep, type Xgboost } from './library.ts';

/**
 * A QuantileDMatrix: the features in histogram bins, which is all the trees are grown from. The
 * set's buffers are read in place, once per pass of the quantile sketch, and not needed afterwards.
 * @param reference the training matrix, whose bins a validation set takes over
 */
export function quantileMatrix(
  xgboost: Xgboost,
  keep: Keep,
  set: TrainingSet,
  features: readonly TrainingFeature[],
  { maxBins = 256, threads }: TrainingParameters,
  reference: Handle | null,
): Handle {
  const proxy = keep('XGDMatrixFree', (out) => xgboost.call('XGProxyDMatrixCreate', out));
  let unread = true;
  let failure: unknown;
  const next = () => {
    if (!unread) return 0;
    unread = false;
    try {
      giveSet(xgboost, proxy, set, features);
      return 1;
    } catch (error) {
      failure = error; // C cannot carry it: it is thrown again below
      return 0;
    }
  };
  const reset = () => {
    unread = true;
  };
  const config = `{"missing":NaN,"nthread":${threads},"max_bin":${maxBins}}`;
  return keep('XGDMatrixFree', (out) => {
    try {
      xgboost.call('XGQuantileDMatrixCreateFromCallback', null, proxy, reference, reset, next, config, out);
    } catch (error) {
      throw failure ?? error;
    }
  });
}

function giveSet(
  xgboost: Xgboost,
  proxy: Handle,
  { features: matrix, labels, weights }: TrainingSet,
  features: readonly TrainingFeature[],
): void {
  // The rows as one dense array give the same bins in a quarter more time.
  xgboost.call('XGProxyDMatrixSetDataColumnar', proxy, columnInterfaces(matrix));
  xgboost.call('XGDMatrixSetInfoFromInterface', proxy, 'label', arrayInterface(labels, [matrix.rows]));
  if (weights) {
    xgboost.call('XGDMatrixSetInfoFromInterface', proxy, 'weight', arrayInterface(weights, [matrix.rows]));
  }
  describeFeatures(xgboost, 'XGDMatrixSetStrFeatureInfo', proxy, features);
}

/** Names and kinds: a matrix sketches by them, a booster saves them in its file. */
export function describeFeatures(
  xgboost: Xgboost,
  call: 'XGDMatrixSetStrFeatureInfo' | 'XGBoosterSetStrFeatureInfo',
  handle: Handle,
  features: readonly TrainingFeature[],
): void {
  const names = features.map(({ name }) => name);
  const kinds = features.map(({ levels }) => (levels === undefined ? 'q' : 'c'));
  xgboost.call(call, handle, 'feature_name', names, names.length);
  xgboost.call(call, handle, 'feature_type', kinds, kinds.length);
}
