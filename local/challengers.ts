import { canonicalJson } from '#core/data/canonical-json.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import type { Decision } from '#core/serve/decision.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { RolloutSpec } from '#core/spec/rollout.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { Registry } from '#ports/registry.ts';

/** What is different in a copy of the champion, and how the copy is rolled out. */
export interface Challenger {
  readonly rollout: object;
  readonly change?: (file: { decision: Decision; signature: Signature }) => {
    readonly decision?: Decision;
    readonly signature?: Signature;
    /** Bytes of the model file. */
    readonly model?: string;
  };
}

const minRequests = 30;
const LONG = '2 hours';

/** Bad challengers, each by what it is found by. */
export const BAD: Readonly<Record<'errors' | 'latency' | 'scores' | 'truth', Challenger>> = {
  /** Its model file is no model. */
  errors: {
    rollout: { canary: [{ percent: 50, for: LONG }], health: { minRequests } },
    change: () => ({ model: 'no model' }),
  },
  /** Gives the same answers, after every number asked thirty times what day of the week it is. */
  latency: {
    rollout: { canary: [{ percent: 50, for: LONG }], health: { minRequests } },
    change: ({ signature }) => ({ signature: slowed(signature) }),
  },
  /** Its log odds are 3 too high. */
  scores: {
    rollout: { canary: [{ percent: 50, for: LONG }], health: { minRequests } },
    change: ({ decision }) => ({ decision: { ...decision, calibration: { kind: 'platt', a: -1, b: -3 } } }),
  },
  /** Says the opposite; its scores are allowed to look as they like. */
  truth: {
    rollout: {
      shadow: '20 minutes',
      canary: [{ percent: 50, for: LONG }],
      health: { minRequests, scorePsi: 100 },
    },
    change: ({ decision }) => ({ decision: { ...decision, calibration: { kind: 'platt', a: 1, b: 0 } } }),
  },
};

/** Registers a changed copy of a model's champion, approved as if its gates had not looked; again, it is the same. */
export async function registerChallenger(
  { store, registry }: { readonly store: ObjectStore; readonly registry: Registry },
  model: string,
  name: string,
  { rollout, change = () => ({}) }: Challenger,
): Promise<{ version: number; approvedSha256: string; comparedWith: number }> {
  const champion = (await registry.deployment(model))?.champion;
  if (!champion) throw new Error(`${model} has no champion to copy`);
  const { version: _, format: __, files, ...facts } = await readJson<ModelManifest>(store, champion.manifest);
  const [decision, signature, spec] = await Promise.all([
    readJson<Decision>(store, files['decision.json']),
    readJson<Signature>(store, files['signature.json']),
    readJson<ModelSpec>(store, files['spec.json']),
  ]);
  const changed = change({ decision, signature });
  const runId = `${name}-of-${champion.version}`;
  const keep = (file: string, body: string) => store.write(`models/${model}/runs/${runId}/${file}`, body);
  const registered = await registerVersion(store, registry, {
    facts: { ...facts, runId },
    files: {
      ...files,
      'spec.json': await keep('spec.json', canonicalJson({ ...spec, rollout: RolloutSpec.parse(rollout) })),
      ...(changed.decision && {
        'decision.json': await keep('decision.json', canonicalJson(changed.decision)),
      }),
      ...(changed.signature && {
        'signature.json': await keep('signature.json', canonicalJson(changed.signature)),
      }),
      ...(changed.model !== undefined && { 'model.ubj': await keep('model.ubj', changed.model) }),
    },
    metrics: {},
  });
  if (registered.status === 'registered') {
    await registry.updateModelVersion({ ...registered, status: 'approved' }, 'registered');
  }
  return {
    version: registered.version,
    approvedSha256: registered.manifest?.sha256 ?? '',
    comparedWith: champion.version,
  };
}

/** A number's expression that comes out the same and takes long: a time zone is slow. */
function slowed(signature: Signature): Signature {
  const instant = signature.inputs.find(({ column }) => column.type === 'timestamp')?.name;
  const idle = ` + 0 * weekday(${instant}, 'America/New_York')`.repeat(30);
  const features = signature.features.map((feature) =>
    feature.kind === 'number' ? { ...feature, expression: `(${feature.expression})${idle}` } : feature,
  );
  return { ...signature, features };
}
