import { fromEnv } from '@aws-sdk/credential-providers';
import { z } from 'zod';
import { postJson } from '#adapters/post-json.ts';
import { SecretParameters } from '#adapters/ssm/secret-parameters.ts';
import { formatNotification } from '#core/notify/format.ts';
import { Notification } from '#core/notify/notification.ts';
import { webhookUrl } from '#core/notify/webhook-url.ts';
import { Webhook } from '#core/spec/webhook.ts';
import { deliverOnce } from '#lib/pipelines/deliver-once.ts';
import { parseInput } from './shared/payloads.ts';
import { deliveries, once, variable } from './shared/resources.ts';

const Event = z.object({
  Records: z.array(z.object({ Sns: z.object({ Message: z.string() }) })),
});

const TIMEOUT_MS = 10_000;

const webhooks = once(() => z.array(Webhook).parse(JSON.parse(variable('WEBHOOKS'))));
const parameters = once(
  () =>
    new SecretParameters(
      {
        endpoint: process.env.AWS_ENDPOINT_URL ?? variable('SSM_ENDPOINT'),
        region: variable('AWS_REGION'),
        credentials: fromEnv(),
      },
      Date.now,
    ),
);

/**
 * Posts what the alarm topic says to every webhook that does not have it yet.
 * @throws AggregateError after all were tried, when one failed: Lambda calls again, twice, then it is a dead letter
 */
export const handler = async (event: unknown): Promise<void> => {
  const notifications = parseInput(Event, event).Records.map(({ Sns }) =>
    parseInput(Notification, JSON.parse(Sns.Message)),
  );
  const posted = await Promise.allSettled(
    notifications.flatMap((notification) => webhooks().map((webhook) => post(webhook, notification))),
  );
  const failures = posted.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  if (failures.length > 0)
    throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
};

async function post(webhook: Webhook, notification: Notification): Promise<void> {
  const { kind, parameter } = webhook;
  await deliverOnce(deliveries(), Date.now, { target: parameter, id: notification.id }, async () => {
    try {
      const url = webhookUrl(
        await parameters().read(parameter),
        webhook,
        variable('ENVIRONMENT') === 'local',
      );
      await postJson(url, `webhook ${parameter}`, formatNotification(kind, notification), TIMEOUT_MS);
    } catch (error) {
      parameters().forget(parameter); // it may have been replaced since
      throw error;
    }
  });
}
