import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ConflictError } from '#core/errors.ts';
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
import type { Batch, InstanceUsage, RolloutCounts } from '#core/registry/serving-records.ts';
import type { Decision, RetrainingLoop } from '#core/retrain/records.ts';
import type { Page, Registry, StageName, WindowName } from '#ports/registry.ts';
import { fromCounters, toCounters } from './served-counters.ts';
import { keys, Table } from './table.ts';

/** Another writer can win a number so many times in a row before we give up. */
const MAX_CLAIMS = 20;

/** How long an instance is remembered after it was heard of last. */
const USAGE_SECONDS = 86_400;

/** The registry in one DynamoDB table. */
export class DynamoRegistry implements Registry {
  readonly #table: Table;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#table = new Table(client, tableName);
  }

  async latestDatasetVersion(dataset: string): Promise<DatasetVersion | undefined> {
    const [latest] = await this.datasetVersions(dataset, { limit: 1 });
    return latest;
  }

  datasetVersion(dataset: string, version: number): Promise<DatasetVersion | undefined> {
    return this.#table.read({ pk: keys.dataset(dataset), sk: keys.version(version) });
  }

  datasetVersions(dataset: string, { limit }: Page): Promise<DatasetVersion[]> {
    return this.#table.newest(keys.dataset(dataset), 'VERSION#', limit);
  }

  async versionOfPart(dataset: string, partSha256: string): Promise<number | undefined> {
    const part = await this.#table.read<{ version: number }>({
      pk: keys.dataset(dataset),
      sk: keys.part(partSha256),
    });
    return part?.version;
  }

  async addDatasetVersion(version: DatasetVersion): Promise<void> {
    const pk = keys.dataset(version.dataset);
    await this.#table.transact(
      [
        this.#table.insert({ pk, sk: keys.version(version.version) }, version),
        // In mode `replace` an old part may come back: its item then names the newest version that has it.
        this.#table.put({ pk, sk: keys.part(version.added.sha256) }, { version: version.version }),
      ],
      `${version.dataset}: version ${version.version} is taken: read the latest version again, then decide`,
    );
  }

  async recordRejection(rejection: Rejection): Promise<void> {
    const key = {
      pk: keys.dataset(rejection.dataset),
      sk: keys.rejection(rejection.rejectedAt, rejection.id),
    };
    await this.#table.transact([this.#table.put(key, rejection)], '');
  }

  rejections(dataset: string, { limit }: Page): Promise<Rejection[]> {
    return this.#table.newest(keys.dataset(dataset), 'REJECTION#', limit);
  }

  async models(): Promise<string[]> {
    const found = await this.#table.newest<{ model: string }>(keys.catalog, 'MODEL#', 10_000);
    return found.map(({ model }) => model).sort();
  }

  modelVersion(model: string, version: number): Promise<ModelVersion | undefined> {
    return this.#table.read({ pk: keys.model(model), sk: keys.version(version) });
  }

  modelVersions(model: string, { limit }: Page): Promise<ModelVersion[]> {
    return this.#table.newest(keys.model(model), 'VERSION#', limit);
  }

  async claimModelVersion(
    claim: Omit<ModelVersion, 'version' | 'status'>,
    fence?: Fence,
  ): Promise<ModelVersion> {
    const pk = keys.model(claim.model);
    for (let attempt = 0; attempt < MAX_CLAIMS; attempt++) {
      const earlier = await this.#table.read<{ version: number }>({ pk, sk: keys.claim(claim.runId) });
      if (earlier) return (await this.modelVersion(claim.model, earlier.version)) as ModelVersion;
      const [latest] = await this.modelVersions(claim.model, { limit: 1 });
      const claimed: ModelVersion = { ...claim, version: (latest?.version ?? 0) + 1, status: 'claimed' };
      try {
        await this.#table.transact(
          [
            this.#table.insert({ pk, sk: keys.version(claimed.version) }, claimed),
            this.#table.insert({ pk, sk: keys.claim(claim.runId) }, { version: claimed.version }),
            this.#table.put({ pk: keys.catalog, sk: `MODEL#${claim.model}` }, { model: claim.model }),
          ],
          `${claim.model}: version ${claimed.version} is taken`,
          fence,
        );
        return claimed;
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
      }
    }
    throw new ConflictError(`${claim.model}: no version number could be claimed in ${MAX_CLAIMS} attempts`);
  }

  async updateModelVersion(
    version: ModelVersion,
    from: ModelVersion['status'],
    fence?: Fence,
  ): Promise<void> {
    const key = { pk: keys.model(version.model), sk: keys.version(version.version) };
    await this.#table.transact(
      [this.#table.replace(key, version, { status: from })],
      `${version.model}@${version.version} must have status ${from}: read it again, then decide`,
      fence,
    );
  }

  deployment(model: string): Promise<Deployment | undefined> {
    return this.#table.read({ pk: keys.model(model), sk: keys.deployment });
  }

  async commitDeployment({ expectedRev, next, audit }: DeploymentChange, fence?: Fence): Promise<Deployment> {
    const pk = keys.model(next.model);
    await this.#table.transact(
      [
        this.#table.replace(
          { pk, sk: keys.deployment },
          next,
          expectedRev === 0 ? undefined : { rev: expectedRev },
        ),
        this.#table.insert({ pk, sk: keys.audit(audit.rev) }, audit),
      ],
      `rev of ${next.model} must be ${expectedRev}: read it again, then decide`,
      fence,
    );
    return next;
  }

  async recordRun(run: Run, fence?: Fence): Promise<void> {
    const pk = keys.model(run.model);
    const { startedAt, runId } = run;
    await this.#table.transact(
      [
        this.#table.put({ pk, sk: keys.run(startedAt, runId) }, run),
        this.#table.keep({ pk, sk: keys.runStart(runId) }, { startedAt }, 'startedAt', startedAt),
      ],
      `run ${runId} of ${run.model} began at another time than ${startedAt}`,
      fence,
    );
  }

  async run(model: string, runId: string): Promise<Run | undefined> {
    const pk = keys.model(model);
    const start = await this.#table.read<{ startedAt: string }>({ pk, sk: keys.runStart(runId) });
    return start && this.#table.read({ pk, sk: keys.run(start.startedAt, runId) });
  }

  runs(model: string, { limit }: Page): Promise<Run[]> {
    return this.#table.newest(keys.model(model), 'RUN#', limit);
  }

  async recordProgress(model: string, runId: string, progress: RunProgress): Promise<void> {
    const key = { pk: keys.model(model), sk: keys.progress(runId) };
    await this.#table.transact([this.#table.put(key, progress)], '');
  }

  progress(model: string, runId: string): Promise<RunProgress | undefined> {
    return this.#table.read({ pk: keys.model(model), sk: keys.progress(runId) });
  }

  lease(model: string): Promise<TrainingLease | undefined> {
    return this.#table.read({ pk: keys.model(model), sk: keys.lease });
  }

  async leasedModels(): Promise<string[]> {
    const found = await this.#table.newest<{ model: string }>(keys.catalog, 'LEASE#', 10_000);
    return found.map(({ model }) => model).sort();
  }

  async commitLease(next: TrainingLease): Promise<void> {
    const { model } = next;
    const key = { pk: keys.model(model), sk: keys.lease };
    const expected = next.rev - 1;
    const lease = this.#table.replace(key, next, expected === 0 ? undefined : { rev: expected });
    await this.#table.transact(
      expected > 0
        ? [lease]
        : [lease, this.#table.put({ pk: keys.catalog, sk: `LEASE#${model}` }, { model })],
      `rev of the lease of ${model} must be ${expected}: read it again, then decide`,
    );
  }

  audit(model: string, { limit }: Page): Promise<AuditRecord[]> {
    return this.#table.newest(keys.model(model), 'AUDIT#', limit);
  }

  async addServed(
    model: string,
    { rollout, stageIndex }: StageName,
    counts: Partial<RolloutCounts>,
  ): Promise<void> {
    await Promise.all(
      Object.entries(counts).map(([role, added]) =>
        this.#table.add(
          { pk: keys.model(model), sk: keys.served(rollout, stageIndex, role) },
          toCounters(added),
        ),
      ),
    );
  }

  async served(model: string, { rollout, stageIndex }: StageName): Promise<RolloutCounts> {
    const read = async (role: keyof RolloutCounts) =>
      fromCounters(
        await this.#table.counters({ pk: keys.model(model), sk: keys.served(rollout, stageIndex, role) }),
      );
    const [champion, candidate] = await Promise.all([read('champion'), read('candidate')]);
    return { champion, candidate };
  }

  async recordUsage(model: string, usage: InstanceUsage): Promise<void> {
    const key = { pk: keys.model(model), sk: keys.usage(usage.instance) };
    // Instances come and go: without it the table would keep each one for ever.
    const expires = Math.ceil(Date.parse(usage.at) / 1000) + USAGE_SECONDS;
    await this.#table.transact([this.#table.put(key, usage, expires)], '');
  }

  async usage(model: string, since: string): Promise<InstanceUsage[]> {
    const found = await this.#table.newest<InstanceUsage>(keys.model(model), 'USAGE#', 10_000);
    return found.filter(({ at }) => at >= since);
  }

  async recordBatch(batch: Batch, from: Pick<Batch, 'status' | 'execution'> | undefined): Promise<void> {
    const expected = from && { status: from.status, execution: from.execution };
    const pk = keys.model(batch.model);
    const { startedAt, batchId } = batch;
    await this.#table.transact(
      [
        this.#table.replace({ pk, sk: keys.batch(startedAt, batchId) }, batch, expected),
        this.#table.keep({ pk, sk: keys.batchStart(batchId) }, { startedAt }, 'startedAt', startedAt),
      ],
      `batch ${batchId} of ${batch.model} must be ${from ? `${from.status} in ${from.execution}` : 'new'}: read it again, then decide`,
    );
  }

  async batch(model: string, batchId: string): Promise<Batch | undefined> {
    const pk = keys.model(model);
    const start = await this.#table.read<{ startedAt: string }>({ pk, sk: keys.batchStart(batchId) });
    return start && this.#table.read({ pk, sk: keys.batch(start.startedAt, batchId) });
  }

  batches(model: string, { limit }: Page): Promise<Batch[]> {
    return this.#table.newest(keys.model(model), 'BATCH#', limit);
  }

  async recordWindow(record: WindowRecord, fromRevision: number | undefined): Promise<void> {
    const { model, version, from, to } = record;
    await this.#table.transact(
      [
        this.#table.replace(
          windowKey(record),
          record,
          fromRevision === undefined ? undefined : { revision: fromRevision },
        ),
      ],
      `window ${from}..${to} of ${model}@${version} must have revision ${fromRevision ?? 'none'}: read it again, then decide`,
    );
  }

  window(name: WindowName): Promise<WindowRecord | undefined> {
    return this.#table.read(windowKey(name));
  }

  windows(model: string, { limit }: Page): Promise<WindowRecord[]> {
    return this.#table.newest(keys.model(model), 'WINDOW#', limit);
  }

  retraining(model: string): Promise<RetrainingLoop | undefined> {
    return this.#table.read({ pk: keys.model(model), sk: keys.retraining });
  }

  async commitRetraining(next: RetrainingLoop, decisions: readonly Decision[]): Promise<void> {
    const pk = keys.model(next.model);
    const expected = next.rev - 1;
    const loop = this.#table.replace(
      { pk, sk: keys.retraining },
      next,
      expected === 0 ? undefined : { rev: expected },
    );
    await this.#table.transact(
      [
        loop,
        ...decisions.map((decision) => this.#table.put({ pk, sk: keys.decision(decision.number) }, decision)),
      ],
      `rev of the retraining of ${next.model} must be ${expected}: read it again, then decide`,
    );
  }

  decision(model: string, number: number): Promise<Decision | undefined> {
    return this.#table.read({ pk: keys.model(model), sk: keys.decision(number) });
  }

  decisions(model: string, { limit }: Page): Promise<Decision[]> {
    return this.#table.newest(keys.model(model), 'DECISION#', limit);
  }
}

const windowKey = ({ model, version, from, to }: WindowName) => ({
  pk: keys.model(model),
  sk: keys.window(to, from, version),
});
