import { z } from 'zod';
import { NotFoundError } from '#core/errors.ts';
import { judgeGates } from '#core/evaluate/index.ts';
import { askApproval } from '#core/registry/approval.ts';
import type { Approval, ModelVersion } from '#core/registry/records.ts';
import type { ApprovalSpec } from '#core/spec/approval.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import { Evaluated, fenceOf, Prepared, parseInput, TrainingRun } from './shared/payloads.ts';
import { registry, store, variable } from './shared/resources.ts';

const Input = z.object({ run: TrainingRun, version: z.number(), prepared: Prepared, evaluated: Evaluated });

interface Gated {
  readonly passed: boolean;
  readonly verdict: string[];
  /** What a person has to approve; null: policy does, or there is nothing to. */
  readonly approval: Approval | null;
}

/** Judges a registered version by its spec's gates; what passes is approved by policy, or waits for a person. */
export const handler = async (event: unknown): Promise<Gated> => {
  const { run, version, prepared, evaluated } = parseInput(Input, event);
  const { gates, approval: by } = await readJson<ModelSpec>(store(), prepared.spec);
  const evaluation = await readJson<VersionEvaluation>(store(), evaluated.evaluation);
  const { passed, checks } = judgeGates(gates, evaluation);
  const failedFirst = checks.toSorted((a, b) => Number(a.passed) - Number(b.passed));
  const verdict = failedFirst.map(({ sentence }) => sentence);
  const record = await registry().modelVersion(run.model, version);
  if (!record) throw new NotFoundError(`${run.model}@${version} does not exist`);
  if (record.status !== 'registered') return { passed, verdict, approval: record.approval ?? null };
  const approval = passed && typeof by === 'object' && askPerson(record, by, evaluated.champion);
  const status = passed ? (approval ? 'waiting' : 'approved') : 'refused';
  const judged = { ...record, status, verdict, ...(approval && { approval }) } as const;
  await registry().updateModelVersion(judged, 'registered', fenceOf(run));
  return { passed, verdict, approval: approval || null };
};

/** By the clock, not by the run's `asOf`: people need the time that they are given. */
function askPerson(
  { model, version, manifest }: ModelVersion,
  { within }: Exclude<ApprovalSpec, 'automatic'>,
  comparedWith: number | null,
): Approval {
  if (!manifest) throw new NotFoundError(`${model}@${version} has no bundle yet`);
  const at = new Date().toISOString();
  return askApproval({ sha256: manifest.sha256, comparedWith, at, within, pace: Number(variable('PACE')) });
}
