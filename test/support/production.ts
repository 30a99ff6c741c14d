import { beginRollout, emptyDeployment, promoteAny, rollBack } from '#core/registry/change-deployment.ts';
import type { Deployment, DeploymentChange, RolloutStage } from '#core/registry/deployment-records.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import { pointerCopies } from '#lib/pipelines/pointer-copies.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import { ServingHolder } from '#lib/pipelines/serving-holder.ts';
import type { Predictor } from '#ports/predictor.ts';
import { leaveRun, SumPredictor, signature } from './bundle.ts';
import { DrivenTimer } from './driven-timer.ts';
import { withFaults } from './faults.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { MemoryStore } from './memory-store.ts';

export const MODEL = 'trips-late';

const mandate = { by: 'test', at: '2013-01-01T00:00:00.000Z', reason: '' };

/** How a part of the world behaves. */
export type Health = 'well' | 'down' | 'hangs';

/** A model in production: what is deployed, an instance that answers, and a clock that stands until it is moved. */
export class Production {
  readonly store = new MemoryStore();
  readonly registry = new MemoryRegistry();
  readonly timer = new DrivenTimer();
  /** In the order in which they were loaded. */
  readonly loaded: SumPredictor[] = [];
  readonly storeCalls = { calls: 0 };
  readonly registryCalls = { calls: 0 };
  registryHealth: Health = 'well';
  storeHealth: Health = 'well';
  /** Milliseconds that reading the pointer takes. */
  pointerMs = 0;
  /** Milliseconds that reading a file of a bundle takes. */
  fileMs = 0;
  /** What opening a redaction, the last step of loading a bundle, waits for. */
  redaction: Promise<void> = Promise.resolve();
  stale = 0;
  /** Takes the place of a version's predictor, by the text of its model file. */
  readonly predictors: Record<string, () => Predictor> = {};
  readonly holder = this.openInstance();

  /** Another instance of the same model. */
  openInstance(): ServingHolder {
    return new ServingHolder({
      model: MODEL,
      store: this.#faulty(withFaults(this.store, this.storeCalls), () => [this.storeHealth, this.fileMs]),
      registry: this.#faulty(withFaults(this.registry, this.registryCalls), () => [
        this.registryHealth,
        this.pointerMs,
      ]),
      copies: pointerCopies(
        this.#faulty(this.store, () => [this.storeHealth, this.fileMs]),
        MODEL,
      ),
      load: (_engine, bytes) => {
        const name = new TextDecoder().decode(bytes);
        const special = this.predictors[name];
        if (special) return special();
        this.loaded.push(new SumPredictor(signature.features.length, name));
        return this.loaded.at(-1) as SumPredictor;
      },
      openRedaction: async () => {
        await this.redaction;
        return (row) => row;
      },
      timer: this.timer,
      count: (_model, { PointerStale = 0 }) => {
        this.stale += PointerStale;
      },
    });
  }

  #faulty<Port extends object>(port: Port, fate: () => [Health, number]): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          const [health, ms] = fate();
          if (ms > 0) await new Promise<void>((done) => this.timer.after(ms, done));
          if (health === 'down') throw new Error('it is down');
          if (health === 'hangs') return new Promise(() => {});
          return method.apply(target, args);
        };
      },
    });
  }

  /** The version that answers, once it does. */
  champion(): Promise<number> {
    return this.holder.deployed(({ champion }) => champion.version);
  }

  /** Registers and approves the next version. */
  async approve(runId: string): Promise<ModelVersion> {
    const registered = await registerVersion(this.store, this.registry, await leaveRun(this.store, runId));
    const version: ModelVersion = { ...registered, status: 'approved' };
    await this.registry.updateModelVersion(version, 'registered');
    return version;
  }

  /** Registers, approves and promotes the next version. */
  async promote(runId: string): Promise<ModelVersion> {
    const version = await this.approve(runId);
    await this.promoteVersion(version);
    return version;
  }

  async promoteVersion(version: ModelVersion): Promise<void> {
    await this.#change((current) =>
      promoteAny(current, { ...mandate, version, approvedSha256: version.manifest?.sha256 ?? '' }),
    );
  }

  async beginRollout(version: ModelVersion, stage: RolloutStage, stickTo?: string): Promise<void> {
    const start = { ...mandate, id: `r${version.version}`, stage, ...(stickTo && { stickTo }) };
    await this.#change((current) =>
      beginRollout(current, { ...start, version, approvedSha256: version.manifest?.sha256 ?? '' }),
    );
  }

  async rollBack(): Promise<void> {
    await this.#change((current) => rollBack(current, mandate));
  }

  async #change(decide: (current: Deployment) => DeploymentChange | undefined): Promise<void> {
    const change = decide((await this.registry.deployment(MODEL)) ?? emptyDeployment(MODEL, mandate.at));
    if (change) await this.registry.commitDeployment(change);
  }
}
