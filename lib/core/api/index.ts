import { approvalRoutes } from './approvals.ts';
import { batchRoutes } from './batches.ts';
import { datasetRoutes } from './datasets.ts';
import { decisionRoutes } from './decisions.ts';
import { deploymentRoutes } from './deployments.ts';
import { inferenceRoutes } from './inference.ts';
import { modelRoutes } from './models.ts';
import { predictionRoutes } from './prediction.ts';
import { replayRoutes } from './replays.ts';
import type { Routes } from './route.ts';
import { runRoutes } from './runs.ts';
import { statusRoutes } from './status.ts';
import { truthRoutes } from './truth.ts';

export { containerRoutes } from './container.ts';
export { type OpenApiDocument, openApiDocument } from './openapi.ts';

/** Every route of the API. */
export const apiRoutes: Routes = {
  ...predictionRoutes,
  ...inferenceRoutes,
  ...modelRoutes,
  ...deploymentRoutes,
  ...approvalRoutes,
  ...runRoutes,
  ...decisionRoutes,
  ...batchRoutes,
  ...datasetRoutes,
  ...truthRoutes,
  ...replayRoutes,
  ...statusRoutes,
};
