import { z } from 'zod';
import type { Rejection as Rejected, DatasetVersion as Version } from '../registry/records.ts';
import { At, recordOf } from './record.ts';
import type { Routes } from './route.ts';
import { ObjectPointer } from './runs.ts';

const text = z.string();

const DatasetVersion = recordOf<Version>()({
  dataset: text,
  version: z.int(),
  createdAt: At,
  specHash: text,
  rows: z.int(),
  parts: z.int(),
  added: z.object({ sha256: text, rows: z.int(), source: text }),
  manifest: ObjectPointer,
}).meta({ id: 'DatasetVersion' });

const Rejection = recordOf<Rejected>()({
  dataset: text,
  id: text,
  rejectedAt: At,
  source: text,
  rules: z.array(text),
  reportKey: text,
}).meta({ id: 'Rejection' });

export const datasetRoutes = {
  'GET /v1/datasets/{dataset}/versions': {
    summary: 'The newest 100 versions of a dataset and the newest 100 refused files, newest first',
    answers: {
      200: z.object({ dataset: text, versions: z.array(DatasetVersion), rejections: z.array(Rejection) }),
    },
  },
} satisfies Routes;
