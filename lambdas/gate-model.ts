import { z } from 'zod';
import { NotFoundError } from '#core/errors.ts';
import { judgeGates } from '#core/evaluate/index.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import { Evaluated, fenceOf, Prepared, parseInput, TrainingRun } from './shared/payloads.ts';
import { registry, store } from './shared/resources.ts';

const Input = z.object({ run: TrainingRun, version: z.number(), prepared: Prepared, evaluated: Evaluated });

/** Judges a registered version by its spec's gates; what passes is approved by policy. */
export const handler = async (event: unknown): Promise<{ passed: boolean; verdict: string[] }> => {
  const { run, version, prepared, evaluated } = parseInput(Input, event);
  const { gates } = await readJson<ModelSpec>(store(), prepared.spec);
  const evaluation = await readJson<VersionEvaluation>(store(), evaluated.evaluation);
  const { passed, checks } = judgeGates(gates, evaluation);
  const failedFirst = checks.toSorted((a, b) => Number(a.passed) - Number(b.passed));
  const verdict = failedFirst.map(({ sentence }) => sentence);
  const record = await registry().modelVersion(run.model, version);
  if (!record) throw new NotFoundError(`${run.model}@${version} does not exist`);
  if (record.status === 'registered') {
    await registry().updateModelVersion(
      { ...record, status: passed ? 'approved' : 'refused', verdict },
      'registered',
      fenceOf(run),
    );
  }
  return { passed, verdict };
};
