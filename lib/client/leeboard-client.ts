import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Sha256 } from '@aws-crypto/sha256-js';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { SignatureV4 } from '@smithy/signature-v4';
import { LeeboardError, NotFoundError } from '#core/errors.ts';
import type { DatasetVersion, ModelVersion, Rejection, Run } from '#core/registry/records.ts';
import type { PredictionAnswer } from '#core/serve/answer.ts';
import { clientConfig, type Outputs } from './outputs.ts';

/** The API refused: its problem document's sentence. */
export class ApiError extends LeeboardError {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly problem: { detail?: string; errors?: readonly unknown[] };
  constructor(status: number, problem: { detail?: string; errors?: readonly unknown[] }) {
    super(problem.detail ?? `the API answered ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

/** A pipeline's execution did not succeed. */
export class RunFailedError extends LeeboardError {
  override readonly name = 'RunFailedError';
}

export interface ModelSummary {
  readonly model: string;
  readonly champion: number | null;
  readonly rev: number;
  readonly changedAt: string | null;
  readonly latest: number | null;
  readonly metrics: Readonly<Record<string, number>> | null;
}

export interface Execution {
  readonly arn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';
  readonly output: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/** A deployment as its users see it: S3, Step Functions and the API, with ordinary AWS credentials. */
export class LeeboardClient {
  readonly outputs: Outputs;
  readonly #s3: S3Client;
  readonly #sfn: SFNClient;
  readonly #logs: CloudWatchLogsClient;
  readonly #signer: SignatureV4;

  constructor(outputs: Outputs) {
    this.outputs = outputs;
    const config = clientConfig(outputs);
    this.#s3 = new S3Client(config);
    this.#sfn = new SFNClient(config);
    this.#logs = new CloudWatchLogsClient(config);
    this.#signer = new SignatureV4({
      service: 'execute-api',
      region: outputs.region,
      credentials: outputs.credentials ?? fromNodeProviderChain(),
      sha256: Sha256,
    });
  }

  /** One signed request to the API. @throws ApiError when it answers other than 2xx */
  async request<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    const url = new URL(`${this.outputs.apiUrl.replace(/\/$/, '')}${path}`);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const signed = await this.#signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port && { port: Number(url.port) }),
      path: url.pathname,
      headers: { host: url.host, ...(text !== undefined && { 'content-type': 'application/json' }) },
      ...(text !== undefined && { body: text }),
    });
    const answer = await fetch(url, {
      method,
      headers: signed.headers,
      ...(text !== undefined && { body: text }),
    });
    const content = await answer.text();
    if (!answer.ok) throw new ApiError(answer.status, parseProblem(content));
    return JSON.parse(content) as T;
  }

  predict(model: string, rows: readonly object[]): Promise<PredictionAnswer> {
    return this.request('POST', `/v1/models/${model}/predict`, { rows });
  }

  async models(): Promise<ModelSummary[]> {
    return (await this.request<{ models: ModelSummary[] }>('GET', '/v1/models')).models;
  }

  model(model: string): Promise<ModelSummary & { versions: ModelVersion[]; input: unknown }> {
    return this.request('GET', `/v1/models/${model}`);
  }

  async runs(model: string): Promise<Run[]> {
    return (await this.request<{ runs: Run[] }>('GET', `/v1/models/${model}/runs`)).runs;
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
  async drop(
    file: string,
    dataset: string,
    name: string = basename(file),
  ): Promise<{ key: string; versionId: string }> {
    const { size } = await stat(file);
    const key = `incoming/${dataset}/${name}`;
    const { VersionId } = await this.#s3.send(
      new PutObjectCommand({
        Bucket: this.outputs.incomingBucket,
        Key: key,
        Body: createReadStream(file),
        ContentLength: size,
      }),
    );
    return { key, versionId: VersionId ?? 'null' };
  }

  /** Starts a model's pipeline. @returns the execution's ARN */
  async start(pipeline: 'train-model' | 'monitor-model', model: string, input: object = {}): Promise<string> {
    const arn = this.outputs.stateMachines[`${model}-${pipeline}`];
    if (!arn) throw new NotFoundError(`no model named ${model} is deployed in ${this.outputs.environment}`);
    const { executionArn } = await this.#sfn.send(
      new StartExecutionCommand({ stateMachineArn: arn, input: JSON.stringify(input) }),
    );
    return executionArn as string;
  }

  async execution(arn: string): Promise<Execution> {
    const found = await this.#sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
    return {
      arn,
      status: found.status as Execution['status'],
      output: found.output ? JSON.parse(found.output) : undefined,
      ...(found.error && { error: found.error }),
      ...(found.cause && { cause: found.cause }),
    };
  }

  /** Waits for the end of an execution. @throws RunFailedError when it does not succeed */
  async finish<T>(arn: string, everyMs = 300): Promise<T> {
    for (;;) {
      const found = await this.execution(arn);
      if (found.status === 'SUCCEEDED') return found.output as T;
      if (found.status !== 'RUNNING')
        throw new RunFailedError(`${found.error ?? found.status}: ${found.cause ?? arn}`);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  /** The newest executions of a state machine. */
  async executions(
    stateMachine: string,
    limit = 20,
  ): Promise<{ name: string; status: string; startedAt: string }[]> {
    const arn = this.outputs.stateMachines[stateMachine];
    if (!arn) throw new NotFoundError(`no state machine ${stateMachine} is deployed`);
    const { executions = [] } = await this.#sfn.send(
      new ListExecutionsCommand({ stateMachineArn: arn, maxResults: limit }),
    );
    return executions.map(({ name, status, startDate }) => ({
      name: name ?? '',
      status: status ?? '',
      startedAt: startDate?.toISOString() ?? '',
    }));
  }

  /** Log lines of a function since an instant (epoch milliseconds), oldest first. */
  async logs(functionName: string, since: number): Promise<{ at: string; message: string }[]> {
    const logGroupName = `/aws/lambda/leeboard-${this.outputs.environment}-${functionName}`;
    const lines: { at: string; message: string }[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#logs.send(
        new FilterLogEventsCommand({ logGroupName, startTime: since, nextToken }),
      );
      for (const { timestamp = 0, message = '' } of page.events ?? []) {
        lines.push({ at: new Date(timestamp).toISOString(), message: message.trimEnd() });
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return lines.sort((a, b) => a.at.localeCompare(b.at));
  }
}

function parseProblem(content: string): { detail?: string } {
  try {
    return JSON.parse(content) as { detail?: string };
  } catch {
    return { detail: content.slice(0, 200) };
  }
}
