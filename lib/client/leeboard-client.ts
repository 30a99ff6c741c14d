import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { ingestRunId } from '#adapters/ingest-run-id.ts';
import type { ApprovalOutcome } from '#core/api/approvals.ts';
import type { AcceptedBatch } from '#core/api/batches.ts';
import type { AcceptedRetraining } from '#core/api/decisions.ts';
import type { DeploymentDetails, DeploymentState } from '#core/api/deployments.ts';
import type { OpenApiDocument } from '#core/api/openapi.ts';
import type { Replay, StartReplay } from '#core/api/replays.ts';
import type { LiveStatus } from '#core/api/status.ts';
import type { FeedbackAnswer } from '#core/api/truth.ts';
import { NotFoundError } from '#core/errors.ts';
import type { DatasetVersion, ObjectPointer, Rejection, Run } from '#core/registry/records.ts';
import type { Batch } from '#core/registry/serving-records.ts';
import type { Decision } from '#core/retrain/records.ts';
import type { PredictionAnswer } from '#core/serve/answer.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import { Alarms } from './alarms.ts';
import type {
  AcceptedRun,
  AlarmState,
  BatchDetails,
  BatchOptions,
  DropOutcome,
  DroppedFile,
  LogLine,
  ModelDetails,
  ModelSummary,
  RejectionReport,
  RunDetails,
  TrainingOptions,
  TruthReport,
  VersionDetails,
} from './answers.ts';
import { apiRequest } from './api-request.ts';
import { awsClients } from './aws-clients.ts';
import { Dashboards } from './dashboards.ts';
import { ApiError } from './errors.ts';
import { type Execution, Executions } from './executions.ts';
import { FunctionLogs } from './function-logs.ts';
import type { Outputs } from './outputs.ts';
import { StoredDocuments } from './stored-documents.ts';

export type { DropOutcome, DroppedFile, Execution, RejectionReport };

/** Files up to this size are sent from memory: the SDK retries those, and no streams. */
const RETRIED_BYTES = 64 * 2 ** 20;

/** A deployment as its users see it: S3, Step Functions and the API, with ordinary AWS credentials. */
export class LeeboardClient {
  readonly outputs: Outputs;
  readonly #aws: ReturnType<typeof awsClients>;
  readonly #executions: Executions;
  readonly #documents: StoredDocuments;
  readonly #logs: FunctionLogs;
  readonly #alarms: Alarms;
  readonly dashboards: Dashboards;

  constructor(outputs: Outputs) {
    this.outputs = outputs;
    this.#aws = awsClients(outputs);
    this.#executions = new Executions(outputs, this.#aws.stepFunctions);
    this.#documents = new StoredDocuments(outputs, this.#aws.s3);
    this.#logs = new FunctionLogs(outputs, this.#aws.logs);
    this.#alarms = new Alarms(outputs, this.#aws.cloudWatch);
    this.dashboards = new Dashboards(this.#aws.cloudWatch);
  }

  /** One signed request to the API. @throws ApiError when it answers other than 2xx */
  request<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    return apiRequest<T>(this.outputs.apiUrl, this.#aws.signer, method, path, body);
  }

  predict(model: string, rows: readonly unknown[]): Promise<PredictionAnswer> {
    return this.request('POST', `/v1/models/${model}/predict`, { rows });
  }

  /** Tells what really happened. */
  feedback(model: string, truths: readonly unknown[]): Promise<FeedbackAnswer> {
    return this.request('POST', `/v1/models/${model}/feedback`, { truths });
  }

  /** The newest report on what really happened; undefined before there is one. */
  truthReport(model: string): Promise<TruthReport | undefined> {
    return this.#documents.last(`reports/${model}/truth/`);
  }

  async models(): Promise<ModelSummary[]> {
    return (await this.request<{ models: ModelSummary[] }>('GET', '/v1/models')).models;
  }

  model(model: string): Promise<ModelDetails> {
    return this.request('GET', `/v1/models/${model}`);
  }

  /** The API's description: OpenAPI 3.1, with the columns of each model that answers. */
  openApi(): Promise<OpenApiDocument> {
    return this.request('GET', '/v1/openapi.json');
  }

  /** Newest first; none for a deployed model that was never trained, which the API does not know yet. */
  async runs(model: string): Promise<Run[]> {
    try {
      return (await this.request<{ runs: Run[] }>('GET', `/v1/models/${model}/runs`)).runs;
    } catch (error) {
      const isDeployed = this.outputs.stateMachines[`${model}-train-model`] !== undefined;
      if (isDeployed && error instanceof ApiError && error.status === 404) return [];
      throw error;
    }
  }

  run(model: string, runId: string): Promise<RunDetails> {
    return this.request('GET', `/v1/models/${model}/runs/${runId}`);
  }

  version(model: string, version: number): Promise<VersionDetails> {
    return this.request('GET', `/v1/models/${model}/versions/${version}`);
  }

  /** Asks for a training, once: an answer that got lost is not asked for again. */
  startRun(model: string, options: TrainingOptions = {}): Promise<AcceptedRun> {
    return this.request('POST', `/v1/models/${model}/runs`, options);
  }

  cancelRun(model: string, runId: string): Promise<AcceptedRun> {
    return this.request('POST', `/v1/models/${model}/runs/${runId}/cancel`, {});
  }

  /** Goes on with a run from its failed step. */
  resumeRun(model: string, runId: string): Promise<AcceptedRun> {
    return this.request('POST', `/v1/models/${model}/runs/${runId}/resume`, {});
  }

  /** Decisions about training again, newest first. */
  async decisions(model: string): Promise<Decision[]> {
    const { decisions } = await this.request<{ decisions: Decision[] }>(
      'GET',
      `/v1/models/${model}/decisions`,
    );
    return decisions;
  }

  /** Asks for a training in which the loop chooses the rows. */
  retrain(model: string, reason: string): Promise<AcceptedRetraining> {
    return this.request('POST', `/v1/models/${model}/retrain`, { reason });
  }

  deployment(model: string): Promise<DeploymentDetails> {
    return this.request('GET', `/v1/models/${model}/deployment`);
  }

  /** Changes by hand what answers. */
  changeDeployment(
    model: string,
    action: 'promote' | 'rollback' | 'freeze' | 'unfreeze',
    body: { readonly reason: string; readonly version?: number; readonly rev?: number },
  ): Promise<DeploymentState> {
    return this.request('POST', `/v1/models/${model}/${action}`, body);
  }

  /** What a person says to a version that waits for approval. */
  decideApproval(
    model: string,
    version: number,
    action: 'approve' | 'reject',
    body: { readonly reason: string; readonly sha256?: string },
  ): Promise<ApprovalOutcome> {
    return this.request('POST', `/v1/models/${model}/versions/${version}/${action}`, body);
  }

  /** What runs now. */
  live(): Promise<LiveStatus> {
    return this.request('GET', '/v1/status');
  }

  startReplay(model: string, request: z.input<typeof StartReplay>): Promise<{ readonly replayId: string }> {
    return this.request('POST', `/v1/models/${model}/replays`, request);
  }

  replay(model: string, replayId: string): Promise<Replay> {
    return this.request('GET', `/v1/models/${model}/replays/${replayId}`);
  }

  /** The bucket of everything accepted or made. */
  async store(): Promise<ObjectStore> {
    const { S3ObjectStore } = await import('#adapters/s3/s3-object-store.ts');
    return new S3ObjectStore(await this.#aws.s3(), this.outputs.storeBucket);
  }

  /** Asks for a batch, once: an answer that got lost is not asked for again. */
  startBatch(model: string, options: BatchOptions): Promise<AcceptedBatch> {
    return this.request('POST', `/v1/models/${model}/batches`, options);
  }

  /** Newest first. */
  async batches(model: string): Promise<Batch[]> {
    return (await this.request<{ batches: Batch[] }>('GET', `/v1/models/${model}/batches`)).batches;
  }

  batch(model: string, batchId: string): Promise<BatchDetails> {
    return this.request('GET', `/v1/models/${model}/batches/${batchId}`);
  }

  cancelBatch(model: string, batchId: string): Promise<AcceptedBatch> {
    return this.request('POST', `/v1/models/${model}/batches/${batchId}/cancel`);
  }

  resumeBatch(model: string, batchId: string): Promise<AcceptedBatch> {
    return this.request('POST', `/v1/models/${model}/batches/${batchId}/resume`);
  }

  /** Fetches the output of a batch that succeeded to a file or folder, see `downloadBatch`. */
  async downloadBatch(manifest: ObjectPointer, out: string): Promise<void> {
    const { downloadBatch } = await import('./download-batch.ts');
    await downloadBatch(await this.store(), manifest, out);
  }

  /** A JSON document of the store. @throws IntegrityError when it is not what was recorded */
  stored<T>(pointer: ObjectPointer): Promise<T> {
    return this.#documents.verified(pointer);
  }

  /** Nothing yet is an answer too. */
  async dataset(dataset: string): Promise<{ versions: DatasetVersion[]; rejections: Rejection[] }> {
    try {
      return await this.request('GET', `/v1/datasets/${dataset}/versions`);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return { versions: [], rejections: [] };
      throw error;
    }
  }

  /** Puts a local file where producers put theirs. @returns where it is now */
  async drop(file: string, dataset: string, name: string = basename(file)): Promise<DroppedFile> {
    const { size } = await stat(file);
    const key = `incoming/${dataset}/${name}`;
    const s3 = await this.#aws.s3();
    const { VersionId = 'null' } = await s3.putObject({
      Bucket: this.outputs.incomingBucket,
      Key: key,
      Body: size <= RETRIED_BYTES ? await readFile(file) : createReadStream(file),
      ContentLength: size,
    });
    return { key, versionId: VersionId, size };
  }

  /**
   * Waits until a drop is a dataset version or rejected.
   * @throws NotFoundError when its ingestion does not start within `startMs`
   * @throws RunFailedError when the pipeline itself fails
   */
  async ingested({ key, versionId }: DroppedFile, startMs = 60_000): Promise<DropOutcome> {
    const runId = ingestRunId(this.outputs.incomingBucket, key, versionId);
    const arn = this.#executions.arnOf('ingest-dataset', runId);
    const end = Date.now() + startMs;
    while (!(await this.#executions.exists(arn))) {
      if (Date.now() > end) {
        throw new NotFoundError(
          `the ingestion of ${key} did not start within ${startMs / 1000} s: see "npx leeboard logs start-ingest"`,
        );
      }
      await sleep(200);
    }
    return this.finish<DropOutcome>(arn);
  }

  /** Why a drop was rejected. */
  report(reportKey: string): Promise<RejectionReport> {
    return this.#documents.read(reportKey);
  }

  /** Every alarm of the deployment, by name. */
  alarms(): Promise<AlarmState[]> {
    return this.#alarms.all();
  }

  /** Starts a model's pipeline. @returns the execution's ARN */
  async start(
    pipeline: 'train-model' | 'deploy-model' | 'monitor-model',
    model: string,
    input: object = {},
  ): Promise<string> {
    if (!this.outputs.stateMachines[`${model}-${pipeline}`])
      throw new NotFoundError(`no model named ${model} is deployed in ${this.outputs.environment}`);
    return this.#executions.start(`${model}-${pipeline}`, input);
  }

  /** The ARN that the execution of a model's training has. */
  trainingArn(model: string, execution: string): string {
    return this.#executions.arnOf(`${model}-train-model`, execution);
  }

  /** The ARN that the execution of a model's batch has. */
  batchArn(model: string, execution: string): string {
    return this.#executions.arnOf(`${model}-score-batch`, execution);
  }

  execution(arn: string): Promise<Execution> {
    return this.#executions.describe(arn);
  }

  /** Waits for the end of an execution. @throws RunFailedError when it does not succeed */
  finish<T>(arn: string, everyMs = 300): Promise<T> {
    return this.#executions.finish<T>(arn, everyMs);
  }

  /** The states that an execution has entered so far, in order. */
  states(arn: string): Promise<{ state: string; enteredAt: string }[]> {
    return this.#executions.states(arn);
  }

  /** The newest executions of a state machine. */
  executions(stateMachine: string, limit = 20, status?: Execution['status']) {
    return this.#executions.list(stateMachine, limit, status);
  }

  /** Names of all functions, as `logs` takes them. */
  functions(): Promise<string[]> {
    return this.#logs.functions();
  }

  /** Log lines of a function since an instant (epoch milliseconds), oldest first. */
  logs(functionName: string, since: number): Promise<LogLine[]> {
    return this.#logs.since(functionName, since);
  }
}
