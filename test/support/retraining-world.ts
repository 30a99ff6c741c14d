import {
  beginRollout,
  completeRollout,
  emptyDeployment,
  promoteModel,
} from '#core/registry/change-deployment.ts';
import type { Deployment } from '#core/registry/deployment-records.ts';
import type { ModelVersion, ObjectPointer, Run } from '#core/registry/records.ts';
import type { Decision, JudgedAction, RetrainingLoop, Trigger } from '#core/retrain/records.ts';
import type { ModelInput, ModelSpec } from '#core/spec/model.ts';
import { considerRetraining, type RetrainingPorts } from '#lib/pipelines/consider-retraining.ts';
import { recordJudgement } from '#lib/pipelines/record-judgement.ts';
import type { Registry } from '#ports/registry.ts';
import { Crash, type FaultPlan, type Life, withFaults } from './faults.ts';
import { MemoryExecutions } from './memory-executions.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { MemoryStore } from './memory-store.ts';
import { judgementOf, NOON, verdictOf } from './retraining.ts';
import { tripsLate } from './trips.ts';

const PIPELINES = ['retrain-model', 'train-model', 'deploy-model'] as const;
/** As Lambda calls again what failed. */
const ATTEMPTS = 3;

/** What each thing that the loop starts comes to. */
export interface Script {
  /** `dies`: its execution ends without a word. */
  readonly judge?: (decision: Decision) => JudgedAction['action'] | 'dies';
  readonly train?: (decision: number) => 'succeeded' | 'refused' | 'dies';
}

/** A model with a champion and a loop of its own, and what Step Functions and EventBridge do around it. */
export class RetrainingWorld {
  readonly registry: Registry;
  readonly model: ModelSpec;
  readonly executions = {
    'retrain-model': new MemoryExecutions(() => undefined),
    'train-model': new MemoryExecutions((name) => this.trained.push(name)),
    'deploy-model': new MemoryExecutions(() => undefined),
  };
  /** Bundles: a manifest and a spec. */
  readonly store = new MemoryStore();
  /** Executions of `train-model`, as they were started. */
  readonly trained: string[] = [];
  /** News by its id: what people got. */
  readonly told = new Map<string, string>();
  asOf = NOON;
  /** Whether a wake-up that brings no trigger is called again when it failed. */
  retries = true;
  readonly #plan: FaultPlan;
  readonly #script: Script;

  private constructor(script: Script, plan: FaultPlan, registry: Registry, model: ModelSpec) {
    this.#script = script;
    this.#plan = plan;
    this.registry = registry;
    this.model = model;
  }

  /** Version 1 is champion, of version 1 of the data. */
  static async open(
    script: Script = {},
    { plan = { calls: 0 }, registry = new MemoryRegistry() as Registry, ...changes }: Opening = {},
  ): Promise<RetrainingWorld> {
    const retrain = { onDrift: true, onPerformance: true, onNewData: { minRows: 100 } };
    const world = new RetrainingWorld(script, plan, registry, tripsLate({ retrain, ...changes }));
    for (const dataset of world.#datasets)
      if (!(await registry.latestDatasetVersion(dataset))) await world.drop(dataset);
    await world.#register('by-hand', 'approved');
    await world.promote(1);
    return world;
  }

  get #datasets(): string[] {
    return [this.model.from.name, ...this.model.join.map(({ dataset }) => dataset.name)];
  }

  /** 100 rows more. @returns the trigger that the bus brings of it */
  async drop(dataset: string): Promise<Trigger> {
    const version = ((await this.registry.latestDatasetVersion(dataset))?.version ?? 0) + 1;
    const added = { sha256: `${dataset} ${version}`, rows: 100, source: 's3://incoming' };
    const rows = 100 * version;
    const record = { dataset, version, createdAt: this.asOf, specHash: 's', rows, parts: version, added };
    await this.registry.addDatasetVersion({ ...record, manifest: pointer(`${dataset}@${version}`) });
    const reason = `${dataset}@${version} came`;
    return { id: `data:${dataset}@${version}`, kind: 'new-data', at: this.asOf, by: 'leeboard', reason };
  }

  /** A person makes a version champion. */
  async promote(version: number): Promise<void> {
    const record = (await this.registry.modelVersion(this.model.name, version)) as ModelVersion;
    const change = promoteModel(await this.deployment(), { ...this.#mandate(record), by: 'anna' });
    if (change) await this.registry.commitDeployment(change);
  }

  async deployment(): Promise<Deployment> {
    const { name } = this.model;
    return (await this.registry.deployment(name)) ?? emptyDeployment(name, NOON);
  }

  async loop(): Promise<RetrainingLoop> {
    const loop = await this.registry.retraining(this.model.name);
    if (!loop) throw new Error('nothing happened');
    return loop;
  }

  /** Something happens, and everything that follows from it. */
  async happens(...triggers: readonly Trigger[]): Promise<void> {
    await this.wake(...triggers);
    await this.settle();
  }

  /** Everything runs, and the clock ticks, until nothing happens any more. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 4; ) quiet = (await this.step()) ? 0 : quiet + 1;
  }

  /** One execution runs to its end; where none does, the clock ticks. @returns whether one did */
  async step(): Promise<boolean> {
    const running = PIPELINES.flatMap((pipeline) =>
      this.executions[pipeline].running(this.model.name).map((name) => [pipeline, name] as const),
    );
    const [pipeline, name] = running[0] ?? ['none', ''];
    if (pipeline === 'retrain-model') await this.#judge(name);
    else if (pipeline === 'train-model') await this.#train(name);
    else if (pipeline === 'deploy-model') await this.#rollOut(name);
    else await this.wake(); // the tick
    return pipeline !== 'none';
  }

  /** A wake-up, called again when it failed. */
  async wake(...triggers: readonly Trigger[]): Promise<void> {
    const isBrought = triggers.length > 0;
    await this.#invoke(isBrought || this.retries ? ATTEMPTS : 1, (ports) =>
      considerRetraining(ports, {
        model: this.model,
        specHash: 'spec',
        codeVersion: 'code',
        triggers,
        asOf: this.asOf,
        pace: 1,
      }),
    );
  }

  async #invoke<T>(attempts: number, work: (ports: RetrainingPorts) => Promise<T>): Promise<T | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(this.#ports());
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        if (attempt === attempts) return undefined;
      }
    }
  }

  /** The ports of one process. */
  #ports(): RetrainingPorts {
    const life: Life = { isOver: false };
    const mortal = <Port extends object>(port: Port) => withFaults(port, this.#plan, life);
    const { executions } = this;
    const people = {
      tell: async ({ id, subject }: { id: string; subject: string }) => {
        this.told.set(id, subject);
      },
    };
    return {
      registry: mortal(this.registry),
      store: this.store,
      events: { publish: async () => {} },
      executions: {
        'retrain-model': mortal(executions['retrain-model']),
        'train-model': mortal(executions['train-model']),
        'deploy-model': mortal(executions['deploy-model']),
      },
      people: mortal(people),
      pause: async () => {
        for (let turn = Math.random() * 20; turn > 0; turn--) await new Promise(setImmediate);
      },
    };
  }

  async #judge(execution: string): Promise<void> {
    const { name: model } = this.model;
    const { decision } = this.executions['retrain-model'].inputOf(model, execution) as { decision: number };
    const record = (await this.registry.decision(model, decision)) as Decision;
    const action = this.#script.judge?.(record) ?? 'train';
    if (action !== 'dies') {
      const verdict = verdictOf(action);
      const judged = { model, decision, execution, judgement: judgementOf(), verdict, asOf: this.asOf };
      const answer = await this.#invoke(ATTEMPTS, (ports) => recordJudgement(ports, judged));
      if (answer?.action === 'train')
        await this.executions['train-model'].start(model, { execution, input: { by: 'leeboard' } });
    }
    this.executions['retrain-model'].end(model, execution, action === 'dies' ? 'States.Timeout' : undefined);
    await this.wake();
  }

  async #train(execution: string): Promise<void> {
    const { name: model } = this.model;
    const outcome = this.#script.train?.(Number(execution.slice(9, 15))) ?? 'succeeded';
    const run: Run = {
      ...{ model, runId: execution, execution, pipeline: 'train-model', status: 'running' },
      ...{ startedAt: this.asOf, by: 'leeboard' },
    };
    await this.registry.recordRun(run);
    if (outcome !== 'dies') {
      const status = outcome === 'refused' ? outcome : 'approved';
      const { version } = await this.#register(execution, status);
      if (outcome === 'succeeded')
        await this.executions['deploy-model'].start(model, { execution, input: { version } });
      await this.registry.recordRun({
        ...run,
        status: outcome,
        version,
        costUsd: 0.5,
        verdict: ['auc is 0.5'],
      });
    }
    this.executions['train-model'].end(model, execution);
    await this.wake();
  }

  async #rollOut(id: string): Promise<void> {
    const { name: model } = this.model;
    const { version } = this.executions['deploy-model'].inputOf(model, id) as { version: number };
    const record = (await this.registry.modelVersion(model, version)) as ModelVersion;
    const step = { ...this.#mandate(record), id };
    const begun = beginRollout(await this.deployment(), { ...step, stage: { kind: 'shadow' } });
    if (begun) await this.registry.commitDeployment(begun);
    await this.wake();
    await this.registry.commitDeployment(completeRollout(await this.deployment(), step));
    this.executions['deploy-model'].end(model, id);
    await this.wake();
  }

  #mandate(version: ModelVersion) {
    const approvedSha256 = version.manifest?.sha256 as string;
    return { version, approvedSha256, by: 'deploy-model', at: this.asOf, reason: 'it held' };
  }

  async #register(runId: string, status: ModelVersion['status']): Promise<ModelVersion> {
    const { name: model } = this.model;
    const newest = await Promise.all(
      this.#datasets.map(
        async (name) => [name, (await this.registry.latestDatasetVersion(name))?.version ?? 0] as const,
      ),
    );
    const datasets = Object.fromEntries(newest);
    const claim = { model, runId, createdAt: this.asOf, specHash: 'spec', datasets };
    const claimed = await this.registry.claimModelVersion(claim);
    const spec = await this.store.write(`${runId}/spec.json`, JSON.stringify(this.model));
    const manifest = await this.store.write(runId, JSON.stringify({ files: { 'spec.json': spec } }));
    const version = { ...claimed, status, manifest };
    await this.registry.updateModelVersion(version, 'claimed');
    return version;
  }
}

interface Opening extends Partial<ModelInput> {
  readonly plan?: FaultPlan;
  readonly registry?: Registry;
}

const pointer = (key: string): ObjectPointer => ({ key, versionId: 'v', size: 1, sha256: `sha of ${key}` });
