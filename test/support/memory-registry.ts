import { ConflictError, LeaseLostError } from '#core/errors.ts';
import type { WindowRecord } from '#core/monitor/records.ts';
import type { AuditRecord, Deployment, DeploymentChange } from '#core/registry/deployment-records.ts';
import type {
  DatasetVersion,
  Fence,
  ModelVersion,
  Rejection,
  Run,
  RunProgress,
  TrainingLease,
} from '#core/registry/records.ts';
import { addCounts, noCounts } from '#core/registry/served-counts.ts';
import type { Batch, InstanceUsage, RolloutCounts } from '#core/registry/serving-records.ts';
import type { Decision, RetrainingLoop } from '#core/retrain/records.ts';
import type { Page, Registry, StageName, WindowName } from '#ports/registry.ts';

const newest = <T>(records: readonly T[], { limit }: Page): T[] => [...records].reverse().slice(0, limit);

/** The registry in memory, with the promises of the port. */
export class MemoryRegistry implements Registry {
  readonly #datasetVersions: DatasetVersion[] = [];
  readonly #modelVersions: ModelVersion[] = [];
  readonly #rejections = new Map<string, Rejection>();
  readonly #runs: Run[] = [];
  readonly #deployments = new Map<string, Deployment>();
  readonly #progress = new Map<string, RunProgress>();
  readonly #leases = new Map<string, TrainingLease>();
  readonly #audit: AuditRecord[] = [];
  readonly #served = new Map<string, RolloutCounts>();
  readonly #usage = new Map<string, Map<string, InstanceUsage>>();
  readonly #batches: Batch[] = [];
  readonly #windows = new Map<string, WindowRecord>();
  readonly #retraining = new Map<string, RetrainingLoop>();
  readonly #decisions = new Map<string, Map<number, Decision>>();

  async latestDatasetVersion(dataset: string): Promise<DatasetVersion | undefined> {
    return (await this.datasetVersions(dataset, { limit: 1 }))[0];
  }

  async datasetVersion(dataset: string, version: number): Promise<DatasetVersion | undefined> {
    return this.#datasetVersions.find((record) => record.dataset === dataset && record.version === version);
  }

  async datasetVersions(dataset: string, page: Page): Promise<DatasetVersion[]> {
    return newest(
      this.#datasetVersions.filter((record) => record.dataset === dataset),
      page,
    );
  }

  async versionOfPart(dataset: string, partSha256: string): Promise<number | undefined> {
    const versions = this.#datasetVersions.filter((record) => record.dataset === dataset);
    return versions.findLast(({ added }) => added.sha256 === partSha256)?.version;
  }

  async addDatasetVersion(version: DatasetVersion): Promise<void> {
    const isTaken = this.#datasetVersions.some(
      (record) => record.dataset === version.dataset && record.version === version.version,
    );
    if (isTaken) {
      throw new ConflictError(`${version.dataset}: version ${version.version} is taken`);
    }
    this.#datasetVersions.push(version);
  }

  async recordRejection(rejection: Rejection): Promise<void> {
    this.#rejections.set(`${rejection.dataset}/${rejection.rejectedAt}#${rejection.id}`, rejection);
  }

  async rejections(dataset: string, page: Page): Promise<Rejection[]> {
    const keys = [...this.#rejections.keys()].filter((key) => key.startsWith(`${dataset}/`)).sort();
    return newest(
      keys.map((key) => this.#rejections.get(key) as Rejection),
      page,
    );
  }

  async models(): Promise<string[]> {
    return [...new Set(this.#modelVersions.map(({ model }) => model))].sort();
  }

  async modelVersion(model: string, version: number): Promise<ModelVersion | undefined> {
    return this.#modelVersions.find((record) => record.model === model && record.version === version);
  }

  async modelVersions(model: string, page: Page): Promise<ModelVersion[]> {
    return newest(
      this.#modelVersions.filter((record) => record.model === model),
      page,
    );
  }

  async claimModelVersion(
    claim: Omit<ModelVersion, 'version' | 'status'>,
    fence?: Fence,
  ): Promise<ModelVersion> {
    const versions = this.#modelVersions.filter(({ model }) => model === claim.model);
    const earlier = versions.find(({ runId }) => runId === claim.runId);
    if (earlier) return earlier;
    this.#requireLease(fence);
    const claimed: ModelVersion = { ...claim, version: versions.length + 1, status: 'claimed' };
    this.#modelVersions.push(claimed);
    return claimed;
  }

  async updateModelVersion(
    version: ModelVersion,
    from: ModelVersion['status'],
    fence?: Fence,
  ): Promise<void> {
    this.#requireLease(fence);
    const index = this.#modelVersions.findIndex(
      (record) => record.model === version.model && record.version === version.version,
    );
    if (this.#modelVersions[index]?.status !== from) {
      throw new ConflictError(`${version.model}@${version.version} must have status ${from}`);
    }
    this.#modelVersions[index] = version;
  }

  async deployment(model: string): Promise<Deployment | undefined> {
    return this.#deployments.get(model);
  }

  async commitDeployment({ expectedRev, next, audit }: DeploymentChange, fence?: Fence): Promise<Deployment> {
    this.#requireLease(fence);
    const rev = this.#deployments.get(next.model)?.rev ?? 0;
    if (rev !== expectedRev)
      throw new ConflictError(`rev of ${next.model} must be ${expectedRev}, got ${rev}`);
    this.#deployments.set(next.model, next);
    this.#audit.push(audit);
    return next;
  }

  async recordRun(run: Run, fence?: Fence): Promise<void> {
    this.#requireLease(fence);
    const index = this.#runs.findIndex(({ model, runId }) => model === run.model && runId === run.runId);
    const began = this.#runs[index]?.startedAt;
    if (began !== undefined && began !== run.startedAt)
      throw new ConflictError(`run ${run.runId} of ${run.model} began at ${began}, got ${run.startedAt}`);
    if (index >= 0) this.#runs[index] = run;
    else this.#runs.push(run);
  }

  async run(model: string, runId: string): Promise<Run | undefined> {
    return this.#runs.find((run) => run.model === model && run.runId === runId);
  }

  async runs(model: string, { limit }: Page): Promise<Run[]> {
    const runs = this.#runs.filter((run) => run.model === model);
    return runs.sort((a, b) => (orderOf(a) < orderOf(b) ? 1 : -1)).slice(0, limit);
  }

  async recordProgress(model: string, runId: string, progress: RunProgress): Promise<void> {
    this.#progress.set(`${model}/${runId}`, progress);
  }

  async progress(model: string, runId: string): Promise<RunProgress | undefined> {
    return this.#progress.get(`${model}/${runId}`);
  }

  async lease(model: string): Promise<TrainingLease | undefined> {
    return this.#leases.get(model);
  }

  async leasedModels(): Promise<string[]> {
    return [...this.#leases.keys()].sort();
  }

  async commitLease(next: TrainingLease): Promise<void> {
    const rev = this.#leases.get(next.model)?.rev ?? 0;
    if (rev !== next.rev - 1)
      throw new ConflictError(`rev of the lease of ${next.model} must be ${next.rev - 1}, got ${rev}`);
    this.#leases.set(next.model, next);
  }

  #requireLease(fence: Fence | undefined): void {
    if (!fence || this.#leases.get(fence.model)?.holder?.token === fence.token) return;
    throw new LeaseLostError(`token ${fence.token} no longer holds the lease of ${fence.model}`);
  }

  async audit(model: string, page: Page): Promise<AuditRecord[]> {
    return newest(
      this.#audit.filter((record) => record.model === model),
      page,
    );
  }

  async addServed(model: string, stage: StageName, counts: Partial<RolloutCounts>): Promise<void> {
    const before = this.#servedNow(model, stage);
    this.#served.set(`${model}/${stage.rollout}/${stage.stageIndex}`, {
      champion: addCounts(before.champion, counts.champion ?? noCounts()),
      candidate: addCounts(before.candidate, counts.candidate ?? noCounts()),
    });
  }

  async served(model: string, stage: StageName): Promise<RolloutCounts> {
    return this.#servedNow(model, stage);
  }

  #servedNow(model: string, { rollout, stageIndex }: StageName): RolloutCounts {
    return (
      this.#served.get(`${model}/${rollout}/${stageIndex}`) ?? { champion: noCounts(), candidate: noCounts() }
    );
  }

  async recordUsage(model: string, usage: InstanceUsage): Promise<void> {
    const instances = this.#usage.get(model) ?? new Map<string, InstanceUsage>();
    this.#usage.set(model, instances.set(usage.instance, usage));
  }

  async usage(model: string, since: string): Promise<InstanceUsage[]> {
    return [...(this.#usage.get(model)?.values() ?? [])].filter(({ at }) => at >= since);
  }

  async recordBatch(batch: Batch, from: Pick<Batch, 'status' | 'execution'> | undefined): Promise<void> {
    const index = this.#batches.findIndex(
      ({ model, batchId }) => model === batch.model && batchId === batch.batchId,
    );
    const known = this.#batches[index];
    if (known?.status !== from?.status || known?.execution !== from?.execution) {
      const wanted = from ? `${from.status} in ${from.execution}` : 'new';
      throw new ConflictError(`batch ${batch.batchId} of ${batch.model} must be ${wanted}`);
    }
    this.#batches.splice(index === -1 ? this.#batches.length : index, 1, batch);
  }

  async batch(model: string, batchId: string): Promise<Batch | undefined> {
    return this.#batches.find((batch) => batch.model === model && batch.batchId === batchId);
  }

  async batches(model: string, page: Page): Promise<Batch[]> {
    const found = this.#batches.filter((batch) => batch.model === model);
    return newest(
      found.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)),
      page,
    );
  }

  async recordWindow(record: WindowRecord, fromRevision: number | undefined): Promise<void> {
    const revision = this.#windows.get(windowKey(record))?.revision;
    if (revision !== fromRevision) {
      const { model, version, from, to } = record;
      const expected = fromRevision ?? 'none';
      throw new ConflictError(`window ${from}..${to} of ${model}@${version} must have revision ${expected}`);
    }
    this.#windows.set(windowKey(record), record);
  }

  async window(name: WindowName): Promise<WindowRecord | undefined> {
    return this.#windows.get(windowKey(name));
  }

  async windows(model: string, page: Page): Promise<WindowRecord[]> {
    const names = [...this.#windows.keys()].filter((key) => key.startsWith(`${model}#`)).sort();
    return newest(
      names.map((name) => this.#windows.get(name) as WindowRecord),
      page,
    );
  }

  async retraining(model: string): Promise<RetrainingLoop | undefined> {
    return this.#retraining.get(model);
  }

  async commitRetraining(next: RetrainingLoop, decisions: readonly Decision[]): Promise<void> {
    const expected = next.rev - 1;
    if ((this.#retraining.get(next.model)?.rev ?? 0) !== expected)
      throw new ConflictError(`rev of the retraining of ${next.model} must be ${expected}`);
    this.#retraining.set(next.model, next);
    const known = this.#decisions.get(next.model) ?? new Map<number, Decision>();
    for (const decision of decisions) known.set(decision.number, decision);
    this.#decisions.set(next.model, known);
  }

  async decision(model: string, number: number): Promise<Decision | undefined> {
    return this.#decisions.get(model)?.get(number);
  }

  async decisions(model: string, page: Page): Promise<Decision[]> {
    const known = [...(this.#decisions.get(model)?.values() ?? [])];
    return newest(
      known.toSorted((a, b) => a.number - b.number),
      page,
    );
  }
}

const windowKey = ({ model, to, from, version }: WindowName) =>
  `${model}#${to}#${from}#${String(version).padStart(9, '0')}`;

const orderOf = ({ startedAt, runId }: Run) => `${startedAt}#${runId}`;
