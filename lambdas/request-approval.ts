import { z } from 'zod';
import { Name } from '#core/spec/parse-spec.ts';
import { approvalPage } from '#lib/pages/approval-page.ts';
import { requestApproval } from '#lib/pipelines/request-approval.ts';
import { parseInput } from './shared/payloads.ts';
import { registry, store } from './shared/resources.ts';
import { tellPeople } from './shared/tell-people.ts';

const Event = z.object({ detail: z.object({ model: Name, version: z.number() }) });

/** Asks people to approve a version that waits for them, with a page of what there is to know. */
export const handler = async (event: unknown): Promise<void> => {
  const { detail } = parseInput(Event, event);
  const ports = { registry: registry(), store: store(), people: { tell: tellPeople }, draw: approvalPage };
  await requestApproval(ports, detail);
};
