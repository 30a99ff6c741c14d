import { columnWeights } from '#core/monitor/weights.ts';
import type { Notification } from '#core/notify/notification.ts';
import { type ApprovalCard, approvalNotification } from '#core/registry/approval-card.ts';
import { approvalPageKey, type ModelManifest } from '#core/registry/bundle.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { People } from '#ports/people.ts';
import type { DatasetRegistry, ModelRegistry } from '#ports/registry.ts';
import { readJson } from './load-bundle.ts';
import type { TrainingRecord } from './train-version.ts';

export interface RequestPorts {
  readonly registry: Pick<ModelRegistry, 'modelVersion'> & Pick<DatasetRegistry, 'datasetVersion'>;
  readonly store: Pick<ObjectStore, 'readVerified' | 'write'>;
  readonly people: People;
  readonly draw: (card: ApprovalCard) => string;
}

/**
 * Asks people to approve a version: keeps a page with what there is to know, then tells them. Nobody is asked about
 * what does not wait any more. Done again, the same page is written and nobody is told twice.
 */
export async function requestApproval(
  { registry, store, people, draw }: RequestPorts,
  { model, version: number }: { readonly model: string; readonly version: number },
): Promise<void> {
  const version = await registry.modelVersion(model, number);
  if (version?.status !== 'waiting') return;
  const card = await approvalCard({ registry, store }, version);
  await store.write(approvalPageKey(model, number), draw(card), 'text/html; charset=utf-8');
  await people.tell(news(card));
}

const news = (card: ApprovalCard): Notification => approvalNotification(card, card.approval, card.evaluation);

async function approvalCard(
  { registry, store }: Pick<RequestPorts, 'registry' | 'store'>,
  { model, version, approval, manifest: pointer }: ModelVersion,
): Promise<ApprovalCard> {
  if (!approval || !pointer) throw new TypeError(`${model}@${version} waits, but was never asked for`);
  const manifest = await readJson<ModelManifest>(store, pointer);
  const { files } = manifest;
  const [spec, evaluation, training, signature] = await Promise.all([
    readJson<ModelSpec>(store, files['spec.json']),
    readJson<VersionEvaluation>(store, files['evaluation.json']),
    readJson<TrainingRecord>(store, files['training.json']),
    readJson<Signature>(store, files['signature.json']),
  ]);
  const datasets = await Promise.all(
    manifest.datasets.map(async ({ dataset, version: number }) => {
      const rows = (await registry.datasetVersion(dataset, number))?.rows ?? null;
      return { dataset, version: number, rows };
    }),
  );
  const { kind } = training.algorithm;
  return {
    ...{ model, version, approval, spec, evaluation, datasets },
    rows: training.rows,
    algorithm: training.rounds > 0 ? `${kind}, ${training.rounds} rounds` : kind,
    weights: columnWeights(signature, evaluation.reference?.attribution),
  };
}
