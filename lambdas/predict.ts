import { openAnswerer } from './shared/answerer.ts';
import { inferenceRoutes } from './shared/inference.ts';
import { countMetrics } from './shared/metrics.ts';
import { predictRoutes } from './shared/predict-routes.ts';
import { variable } from './shared/resources.ts';
import { routed } from './shared/router.ts';

const answerer = openAnswerer();

/** What a model answers over HTTP, by its champion, its challenger or a version that is asked for; all of it logged. */
export const handler = routed(
  variable('MODEL'),
  { ...predictRoutes(answerer), ...inferenceRoutes(answerer) },
  countMetrics,
);
