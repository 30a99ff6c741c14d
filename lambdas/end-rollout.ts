import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { EventBus } from '#adapters/eventbridge/event-bus.ts';
import { Name } from '#core/spec/parse-spec.ts';
import { abandonRollout } from '#lib/pipelines/abandon-rollout.ts';
import { parseInput } from './shared/payloads.ts';
import { once, registry, variable } from './shared/resources.ts';

const Input = z.object({ model: Name, id: z.string(), status: z.string() });
const events = once(() => new EventBus(new EventBridgeClient({}), variable('BUS_NAME')));

/** Takes back the challenger of a rollout whose execution died. Lambda calls it again when it fails. */
export const handler = async (event: unknown): Promise<void> => {
  const { status, ...rollout } = parseInput(Input, event);
  const ports = { registry: registry(), events: events() };
  await abandonRollout(ports, { ...rollout, now: new Date().toISOString() }, status);
};
