import { gzipSync } from 'node:zlib';
import type { BundleFiles } from '#core/registry/bundle.ts';
import { emptyDeployment, promoteModel } from '#core/registry/change-deployment.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import type { Decision } from '#core/serve/decision.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { Truth } from '#core/serve/truth.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import type { ReplayPorts } from '#lib/pipelines/score-logged.ts';
import { rowScorer } from '#lib/pipelines/score-rows.ts';
import type { StoredObject } from '#ports/object-store.ts';
import { decision, leaveRun, SumPredictor, signature } from './bundle.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { MemoryStore } from './memory-store.ts';
import { tripsLate } from './trips.ts';

export const MODEL = 'trips-late';
export const AT = '2026-01-01T00:30:00.000Z';

/** A model whose margin is higher by `bias` than the sum of a row's features. */
class BiasedPredictor extends SumPredictor {
  readonly #bias: number;
  constructor(columns: number, bias: number) {
    super(columns);
    this.#bias = bias;
  }
  override margins(features: Parameters<SumPredictor['margins']>[0]): Float32Array {
    return super.margins(features).map((margin) => margin + this.#bias);
  }
}

export interface VersionChanges {
  readonly bias?: number;
  readonly signature?: Signature;
  readonly decision?: Decision;
}

/** A model with versions, traffic in its log, and truth of it. */
export class Traffic {
  readonly store = new MemoryStore();
  readonly registry = new MemoryRegistry();
  readonly ports: ReplayPorts = {
    store: this.store,
    registry: this.registry,
    load: (_engine, bytes, { features }) => {
      const predictor = new BiasedPredictor(features.length, Number(new TextDecoder().decode(bytes)));
      this.opened.push(predictor);
      return predictor;
    },
  };
  readonly opened: SumPredictor[] = [];
  readonly #versions: VersionChanges[] = [];
  #objects = 0;

  /** Registers the next version. */
  async addVersion(changes: VersionChanges = {}): Promise<ModelVersion> {
    this.#versions.push(changes);
    const left = await leaveRun(this.store, `run-${this.#versions.length}`, String(changes.bias ?? 0));
    const files: Record<string, unknown> = {
      'signature.json': changes.signature ?? signature,
      'decision.json': changes.decision ?? decision,
      'spec.json': tripsLate(),
      'training.json': { algorithm: tripsLate().algorithm },
    };
    const written = Object.entries(files).map(
      async ([name, body]) =>
        [name, await this.store.write(`own/${this.#versions.length}/${name}`, JSON.stringify(body))] as const,
    );
    const changed = { ...left.files, ...Object.fromEntries(await Promise.all(written)) };
    return registerVersion(this.store, this.registry, {
      ...left,
      files: changed as BundleFiles<StoredObject>,
    });
  }

  async promote(registered: ModelVersion): Promise<void> {
    const version: ModelVersion = { ...registered, status: 'approved' };
    await this.registry.updateModelVersion(version, 'registered');
    const current = (await this.registry.deployment(MODEL)) ?? emptyDeployment(MODEL, AT);
    const mandate = { by: 'ada', at: AT, reason: '' };
    const change = promoteModel(current, {
      version,
      approvedSha256: version.manifest?.sha256 ?? '',
      ...mandate,
    });
    if (change) await this.registry.commitDeployment(change);
  }

  /** Logs what a version answers to rows, as serving would. */
  async answer(
    version: number,
    rows: readonly LoggedPrediction['inputs'][],
    changes: (row: number) => Partial<LoggedPrediction> = () => ({}),
  ): Promise<LoggedPrediction[]> {
    const {
      bias = 0,
      signature: own = signature,
      decision: rule = decision,
    } = this.#versions[version - 1] as VersionChanges;
    const predictor = new BiasedPredictor(own.features.length, bias);
    const predictions = rowScorer({ signature: own, decision: rule, predictor })(rows);
    const logged = rows.map(
      (inputs, row): LoggedPrediction => ({
        id: `${version}-${row}#0`,
        model: MODEL,
        version,
        variant: 'champion',
        latencyMs: 1,
        at: AT,
        key: { id: row },
        inputs,
        ...(predictions[row] as (typeof predictions)[0]),
        ...changes(row),
      }),
    );
    await this.log(`v${version}-${this.#objects++}`, logged);
    return logged;
  }

  async log(name: string, rows: readonly LoggedPrediction[]): Promise<void> {
    await this.#write(`predictions/${MODEL}/dt=2026-01-01/hour=00/${name}.gz`, rows);
  }

  async tell(truths: readonly Omit<Truth, 'model' | 'at' | 'source'>[]): Promise<void> {
    const told = truths.map((truth) => ({ model: MODEL, at: AT, source: 'feedback', ...truth }));
    await this.#write(`truth/${MODEL}/dt=2026-01-01/hour=00/truth.gz`, told);
  }

  async #write(key: string, lines: readonly object[]): Promise<void> {
    await this.store.write(key, gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
  }
}
