import type { ObjectPointer } from './records.ts';

/** A version that answers or is tried. */
export interface DeployedVersion {
  readonly version: number;
  readonly manifest: ObjectPointer;
}

/** What a challenger does now. */
export type RolloutStage =
  /** Scored and logged beside the champion, never answering. */
  | { readonly kind: 'shadow' }
  /** Answers this share, 1 to 99. */
  | { readonly kind: 'canary'; readonly percent: number };

/** A challenger on its way to champion. */
export interface Rollout {
  /** Name of the execution of `deploy-model` that leads it. */
  readonly id: string;
  readonly candidate: DeployedVersion;
  readonly stage: RolloutStage;
  /** Of the spec's stages, shadow first; from 0. */
  readonly stageIndex: number;
  /** When the stage began, ISO 8601, UTC. */
  readonly stageStartedAt: string;
  /** Column whose value decides who answers a row. Absent: the prediction's id decides for the whole request. */
  readonly stickTo?: string;
  /** Of a regression: edges of the bins that its scores are counted in, see `scoreBin`. */
  readonly scoreEdges?: readonly number[];
}

/** Which versions answer for a model. One item: roles change together. */
export interface Deployment {
  readonly model: string;
  /** Counts changes, from 0 (nothing deployed). */
  readonly rev: number;
  readonly champion: DeployedVersion | null;
  readonly changedAt: string;
  /** The champion before this one: where a rollback goes. */
  readonly previous?: DeployedVersion;
  readonly rollout?: Rollout;
  /** Nothing is promoted and no rollout goes on, until it is lifted; taking back stays possible. */
  readonly frozen?: { readonly by: string; readonly at: string; readonly reason: string };
}

/** What can be done to a deployment. `rollback` also takes back a challenger that is being rolled out. */
export type DeploymentAction =
  | 'promote'
  | 'begin-rollout'
  | 'next-stage'
  | 'rollback'
  | 'freeze'
  | 'unfreeze';

/** Who changed what, when and why. */
export interface AuditRecord {
  readonly model: string;
  readonly rev: number;
  readonly at: string;
  readonly by: string;
  readonly action: DeploymentAction;
  /** The champion before and after; of `begin-rollout`, `next-stage` and a challenger's `rollback` the challenger is `of`. */
  readonly from: number | null;
  readonly to: number | null;
  /** The challenger that it is about. */
  readonly of?: number;
  /** Id of the rollout that made it; absent of what people do. */
  readonly rollout?: string;
  readonly reason: string;
}

/** A deployment change that must be stored whole or not at all. */
export interface DeploymentChange {
  readonly expectedRev: number;
  readonly next: Deployment;
  readonly audit: AuditRecord;
}
