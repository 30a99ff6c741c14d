import { additivePredictor, type ModelPredictor } from '../linear/predictor.ts';
import type { NaiveModel } from './naive-model.ts';

/** Shares are kept off 0 and 1, as log loss does: a margin stays finite. */
const CLIP = 1e-15;

/**
 * Serves a naive model: the same answer for every row, all of it bias.
 * @param columns columns of the matrices it will be given
 */
export function naivePredictor({ task, outputs }: NaiveModel, columns: number): ModelPredictor {
  const margins = outputs.map(MARGINS[task]);
  return additivePredictor({
    task,
    columns,
    outputs: outputs.length,
    explainRow(_values, _start, parts) {
      for (const [output, margin] of margins.entries()) parts[(output + 1) * (columns + 1) - 1] = margin;
    },
  });
}

/** The link's inverse. */
const MARGINS: Record<NaiveModel['task'], (score: number) => number> = {
  regression: (value) => value,
  binary: (share) => {
    const clipped = Math.min(Math.max(share, CLIP), 1 - CLIP);
    return Math.log(clipped / (1 - clipped));
  },
  multiclass: (share) => Math.log(Math.max(share, CLIP)),
};
