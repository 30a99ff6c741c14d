import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { Name } from '#core/spec/parse-spec.ts';
import { abandonRollout } from '../lib/pipelines/abandon-rollout.ts';
import { parseInput } from './shared/payloads.ts';
import { once, registry, variable } from './shared/resources.ts';

const Input = z.object({ model: Name, id: z.string(), status: z.string() });

const bus = once(() => new EventBridgeClient({}));

/** Takes back the challenger of a rollout whose execution died, and says so. @throws ConflictError, see `abandonRollout` */
export const handler = async (event: unknown): Promise<void> => {
  const { status, ...rollout } = parseInput(Input, event);
  const changed = await abandonRollout(registry(), { ...rollout, now: new Date().toISOString() }, status);
  if (!changed) return;
  const Entries = [
    {
      EventBusName: variable('BUS'),
      Source: 'leeboard',
      DetailType: 'DeploymentChanged',
      Detail: JSON.stringify(changed),
    },
  ];
  const { FailedEntryCount = 0 } = await bus().send(new PutEventsCommand({ Entries }));
  // Tried again by Lambda, it finds the change and says it again.
  if (FailedEntryCount > 0) throw new Error('the bus did not take DeploymentChanged');
};
