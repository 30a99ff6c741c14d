import type { Notification } from '../notify/notification.ts';
import { stagesOf } from '../rollout/stages.ts';
import { durationSeconds } from '../spec/duration.ts';
import type { ModelSpec } from '../spec/model.ts';
import type { VersionEvaluation } from '../training/evaluation.ts';
import type { Approval, ModelVersion } from './records.ts';

/** What a person who has to approve a version is told of it. Aggregates only, never rows. Plain JSON. */
export interface ApprovalCard {
  readonly model: string;
  readonly version: number;
  readonly approval: Approval;
  readonly spec: ModelSpec;
  readonly evaluation: VersionEvaluation;
  /** Rows learned from. */
  readonly rows: number;
  /** `xgboost, 120 rounds` */
  readonly algorithm: string;
  /** `rows`: of the version; null when the registry does not know it any more. */
  readonly datasets: readonly {
    readonly dataset: string;
    readonly version: number;
    readonly rows: number | null;
  }[];
  /** Column -> share of what moves the answers, together 1; null when it is not known. */
  readonly weights: Readonly<Record<string, number>> | null;
}

/** What happens once it is approved, a sentence a step. */
export function stepsToChampion({
  spec,
  approval,
  model,
}: Pick<ApprovalCard, 'spec' | 'approval' | 'model'>): string[] {
  const { comparedWith } = approval;
  if (comparedWith === null) return ['It becomes champion at once: there is none yet.'];
  const stages = stagesOf(spec.rollout).map(({ stage, seconds }) =>
    stage.kind === 'shadow'
      ? `For ${minutes(seconds)} it is scored beside version ${comparedWith}, and answers nobody.`
      : `For ${minutes(seconds)} it answers ${stage.percent} % of ${spec.rollout.stickTo ?? 'requests'}.`,
  );
  if (stages.length === 0) return [`It replaces version ${comparedWith} at once, in every answer.`];
  return [
    ...stages,
    `Then it replaces version ${comparedWith} in every answer. When it does worse on the way, it is taken back by itself.`,
    `To take it back by hand: npx leeboard rollback ${model}`,
  ];
}

const UNITS = [
  ['day', durationSeconds('1 day')],
  ['hour', durationSeconds('1 hour')],
  ['minute', durationSeconds('1 minute')],
  ['second', 1],
] as const;

/** The largest unit that divides it: `90 minutes`. */
function minutes(seconds: number): string {
  const [name, length] = UNITS.find(([, unit]) => seconds % unit === 0) as (typeof UNITS)[number];
  const units = seconds / length;
  return `${units} ${name}${units === 1 ? '' : 's'}`;
}

/** The mail to those who may approve it. */
export function approvalNotification(
  { model, version }: Pick<ModelVersion, 'model' | 'version'>,
  { requestedAt, expiresAt, comparedWith }: Approval,
  { test, metric, champion }: VersionEvaluation,
): Notification {
  const name = `${model}@${version}`;
  const against =
    comparedWith === null ? 'There is no champion yet.' : `The champion is version ${comparedWith}.`;
  const compared = champion?.nonInferiority;
  const values: Readonly<Record<string, { readonly value: number | null } | undefined>> = test.metrics;
  const own = compared ? compared.challenger : (values[metric]?.value ?? null);
  const what = compared?.metric ?? metric;
  return {
    format: 1,
    // A version is asked for once, however often the bus delivers the event.
    id: `approval/${model}/${version}`,
    at: requestedAt,
    subject: `APPROVAL: ${name}`,
    text: [
      `${name} passed its gates and waits for a person, until ${expiresAt}. ${against} Until then, and without an answer, nothing changes.`,
      `Look at it first: npx leeboard approvals ${model} --open ${name}`,
      `To reject it: npx leeboard reject ${name} --reason "..."`,
    ].join('\n\n'),
    numbers: [
      { name: 'newest rows that it is judged by', value: test.rows },
      ...(own === null ? [] : [{ name: `${what} of version ${version}`, value: own }]),
      ...(compared?.champion == null
        ? []
        : [{ name: `${what} of version ${comparedWith}`, value: compared.champion }]),
    ],
    command: `npx leeboard approve ${name} --reason "..."`,
  };
}
