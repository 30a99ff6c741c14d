import { NotFoundError } from '#core/errors.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import type { AuditRecord } from '#core/registry/deployment-records.ts';
import type { ExecutionState } from '#core/registry/lease.ts';
import type { DatasetVersion, ModelVersion, ObjectPointer, Run } from '#core/registry/records.ts';
import { changedFields } from '#core/retrain/changed-fields.ts';
import type { CarriedFacts, ChampionFacts, RetrainingFacts } from '#core/retrain/facts.ts';
import type { Decision, RetrainingLoop } from '#core/retrain/records.ts';
import { isCarriedOut } from '#core/retrain/take-trigger.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { ModelExecutions, TrainingExecutions } from '#ports/executions.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { DatasetRegistry, ModelRegistry, ServingRegistry } from '#ports/registry.ts';
import { findRun } from './control-runs.ts';
import { expireApproval } from './expire-approval.ts';
import { readJson } from './load-bundle.ts';

export interface FactPorts {
  readonly registry: Pick<DatasetRegistry, 'datasetVersions'> &
    ModelRegistry &
    Pick<ServingRegistry, 'audit'>;
  readonly store: Pick<ObjectStore, 'readVerified'>;
  /** By pipeline. */
  readonly executions: {
    readonly 'retrain-model': ModelExecutions;
    readonly 'train-model': TrainingExecutions;
    readonly 'deploy-model': Pick<ModelExecutions, 'find'>;
  };
}

/** What is deployed: the model's spec, and the code. */
export interface Deployed {
  readonly model: ModelSpec;
  /** SHA-256 of the spec. */
  readonly specHash: string;
  readonly codeVersion: string;
}

/** As many versions of a dataset are looked through. */
const MOST = 1000;

/** Reads what is so now. @param asOf dataset versions after it are left out, as training leaves them out */
export async function readRetrainingFacts(
  ports: FactPorts,
  loop: RetrainingLoop,
  { model, specHash, codeVersion }: Deployed,
  asOf: string,
): Promise<RetrainingFacts> {
  const { registry } = ports;
  const { open } = loop;
  const carried = open && isCarriedOut(open) ? await readCarried(ports, open, asOf) : undefined;
  const deployment = await registry.deployment(model.name);
  const record = deployment?.champion
    ? await registry.modelVersion(model.name, deployment.champion.version)
    : undefined;
  const names = [
    ...new Set([model.from, ...model.join.map(({ dataset }) => dataset)].map(({ name }) => name)),
  ];
  const known = await Promise.all(
    names.map(async (name) => {
      const before = Math.max(record?.datasets[name] ?? 0, loop.judged?.datasets[name] ?? 0);
      return [name, await versionsAfter(registry, name, before, asOf)] as const;
    }),
  );
  const [[, own]] = known as [(typeof known)[number]];
  return {
    state: {
      datasets: Object.fromEntries(known.map(([name, { newest }]) => [name, newest])),
      specHash,
      codeVersion,
    },
    newRows: own.rows,
    champion: record ? await championFacts(ports, record, model, codeVersion) : null,
    ...(deployment && { deployment }),
    ...(carried && { carried }),
  };
}

/** The newest version (0: none), and how many rows came after version `before`. */
async function versionsAfter(
  registry: Pick<DatasetRegistry, 'datasetVersions'>,
  dataset: string,
  before: number,
  asOf: string,
): Promise<{ readonly newest: number; readonly rows: number }> {
  for (let limit = 10; ; limit = Math.min(limit * 10, MOST)) {
    const page = await registry.datasetVersions(dataset, { limit });
    const known = page.filter(({ createdAt }) => createdAt <= asOf);
    const [newest] = known;
    const oldest = known.at(-1);
    const isWhole = page.length < limit || limit === MOST || (oldest && oldest.version <= before);
    if (isWhole) return { newest: newest?.version ?? 0, rows: rowsAfter(known, before) };
  }
}

function rowsAfter(versions: readonly DatasetVersion[], before: number): number {
  return versions.reduce((rows, { version, added }) => rows + (version > before ? added.rows : 0), 0);
}

async function championFacts(
  { registry, store }: FactPorts,
  record: ModelVersion,
  deployed: ModelSpec,
  codeVersion: string,
): Promise<ChampionFacts> {
  const { model, version, createdAt, runId, manifest } = record;
  if (!deployed.retrain.onChange) return { version, createdAt, isOfOther: { spec: false, code: false } };
  const run = await registry.run(model, runId);
  const code = run?.codeVersion !== undefined && run.codeVersion !== codeVersion;
  const { files } = await readJson<ModelManifest>(store, manifest as ObjectPointer);
  const made = await readJson<ModelSpec>(store, files['spec.json']);
  const spec = changedFields(deployed, made, run?.set).length > 0;
  return { version, createdAt, isOfOther: { spec, code } };
}

/** A request for approval whose time is over ends here: the loop looks at its version whenever it wakes up. */
async function readCarried(ports: FactPorts, decision: Decision, asOf: string): Promise<CarriedFacts> {
  const { registry, executions } = ports;
  const { model, execution = '', runId = execution, status } = decision;
  const { state = 'missing' as const, error } =
    (await executions['retrain-model'].find(model, execution)) ?? {};
  const known = { execution: state, ...(error !== undefined && { error }) };
  const run = status === 'judging' ? undefined : await followRun(ports, model, runId);
  if (run?.status !== 'succeeded') return { ...known, ...(run && { run }), rollout: 'missing', audit: [] };
  const made = run.version === undefined ? undefined : await registry.modelVersion(model, run.version);
  // What a person approved is tried under a name of its own.
  const name = made?.approval ? made.runId : (run.execution ?? run.runId);
  const rollout = await stateOf(executions['deploy-model'], model, name);
  const now = made?.approval ? await registry.modelVersion(model, made.version) : made;
  const version = now && (await expireApproval(registry, now, asOf));
  const audit = version?.status === 'approved' ? await auditOf(registry, version) : [];
  return { ...known, run, rollout, ...(version && { version }), audit };
}

/** Changes of the deployment as far back as the first that is about the version, newest first. */
async function auditOf(
  registry: Pick<ServingRegistry, 'audit'>,
  { model, version }: ModelVersion,
): Promise<AuditRecord[]> {
  for (let limit = 100; ; limit *= 4) {
    const audit = await registry.audit(model, { limit });
    const isFirst = ({ action, of, from, to }: AuditRecord) =>
      (action === 'begin-rollout' && of === version) || (to === version && from !== version);
    if (audit.length < limit || audit.some(isFirst)) return audit;
  }
}

/** The run that trains, or trained, for a run. One whose execution died has failed. */
async function followRun(ports: FactPorts, model: string, runId: string): Promise<Run | undefined> {
  const { registry, executions } = ports;
  const training = executions['train-model'];
  let run: Run | undefined;
  for (let next: string | undefined = runId; next !== undefined; next = run?.mergedInto) {
    run = await findRun({ registry, executions: training }, model, next).catch(unknownRun);
  }
  if (run?.status !== 'running' || !run.execution) return run;
  if ((await stateOf(training, model, run.execution)) === 'running') return run;
  // What it recorded before it ended.
  const last = await registry.run(model, run.runId);
  if (last?.status !== 'running' || last.execution !== run.execution) return last;
  const message = `execution ${run.execution} ended without a result: it was stopped, or ran out of time`;
  return { ...last, status: 'failed', error: { name: 'ExecutionLost', message } };
}

function unknownRun(error: unknown): undefined {
  if (!(error instanceof NotFoundError)) throw error;
}

async function stateOf(
  executions: Pick<ModelExecutions, 'find'>,
  model: string,
  execution: string,
): Promise<ExecutionState> {
  return (await executions.find(model, execution))?.state ?? 'missing';
}
