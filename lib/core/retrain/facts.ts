import type { AuditRecord, Deployment } from '../registry/deployment-records.ts';
import type { ExecutionState } from '../registry/lease.ts';
import type { ModelVersion, Run } from '../registry/records.ts';
import type { RetrainSpec } from '../spec/retrain.ts';
import type { Decision, JudgedState } from './records.ts';

/** By what a model is trained again. */
export interface RetrainingPolicy {
  readonly retrain: RetrainSpec;
  /** The environment's: cooldown and schedule are divided by it. */
  readonly pace: number;
}

/** What is so now, as far as the loop depends on it. */
export interface RetrainingFacts {
  /** What a judgement would judge. */
  readonly state: JudgedState;
  /** Rows that came to the model's own dataset since the champion's version of it, or since the one judged last. */
  readonly newRows: number;
  readonly champion: ChampionFacts | null;
  readonly deployment?: Deployment;
  /** Of the open decision, when it is carried out. */
  readonly carried?: CarriedFacts;
  /** The decision that was judged last, as the loop has it in `judged`: one that failed is not. */
  readonly lastJudged?: Decision;
}

export interface ChampionFacts {
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Whether it was made by a spec that learns otherwise, or other code, than is deployed. */
  readonly isOfOther: { readonly spec: boolean; readonly code: boolean };
}

/** How far a decision is that is carried out. Each was read before those below it, which follow from it. */
export interface CarriedFacts {
  /** Its own, of `retrain-model`. */
  readonly execution: ExecutionState;
  /** Name of the error that it ended with. */
  readonly error?: string;
  /** The run that trains for it, followed through merges; one that died is `failed`. Absent: there is none yet. */
  readonly run?: Run;
  /** The execution of `deploy-model` that the run started. */
  readonly rollout: ExecutionState;
  /** What came of the run. */
  readonly version?: ModelVersion;
  /** Changes of the deployment, newest first. */
  readonly audit: readonly AuditRecord[];
}
