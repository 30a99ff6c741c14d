import { sha256 } from '#adapters/hash.ts';
import { openRedaction } from '#adapters/open-redaction.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import { type TruthRules, truthRules } from '#core/serve/check-truth.ts';
import type { Signature } from '#core/serve/signature.ts';
import { keyColumns } from '#core/serve/signature-of.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import type { TruthPorts } from '#lib/pipelines/record-truths.ts';
import { once, registry, store } from './resources.ts';
import { ownSpec, readSpec } from './specs.ts';

export const ownModel = once(() => readSpec<ModelSpec>(ownSpec()));

const ownRedaction = once(async () => {
  const model = await ownModel();
  return openRedaction(store(), model.name, keyColumns(model));
});

/** Where this function's model keeps truths: keys are hashed as its prediction log hashes them. */
export async function truthPorts(): Promise<TruthPorts> {
  return { store: store(), sha256, redact: await ownRedaction() };
}

/** What truths of this function's model must be; without a champion nobody knows the classes. */
export async function ownTruthRules(): Promise<TruthRules> {
  const model = await ownModel();
  return truthRules(model, model.task === 'multiclass' ? await championClasses(model.name) : []);
}

async function championClasses(model: string): Promise<readonly string[]> {
  const champion = (await registry().deployment(model))?.champion;
  if (!champion) return [];
  const { files } = await readJson<ModelManifest>(store(), champion.manifest);
  return (await readJson<Signature>(store(), files['signature.json'])).classes ?? [];
}
