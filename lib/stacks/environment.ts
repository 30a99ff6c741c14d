import { RemovalPolicy } from 'aws-cdk-lib';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { z } from 'zod';
import { SpecError, showValue } from '#core/errors.ts';
import { parseWebhooks, type Webhook } from '#core/spec/webhook.ts';

/** A machine that functions run on: which layers they get. */
export type Platform = 'linux-x64' | 'linux-arm64' | 'darwin-x64' | 'darwin-arm64';

/** All that differs between deployments of the same code. */
export interface Environment {
  readonly name: 'local' | 'dev' | 'staging' | 'prod';
  /** Whether buckets and tables go with their stack. */
  readonly removal: 'retain' | 'destroy';
  /** Waits and schedules are divided by it. */
  readonly pace: number;
  /** How long the prediction log collects before it writes an object, seconds. */
  readonly logSeconds: number;
  readonly platform: Platform;
  /** Days that logs are kept. */
  readonly logDays: 7 | 30 | 90;
  readonly tags: Readonly<Record<string, string>>;
  /** E-mail addresses that alarms are sent to. */
  readonly notify: readonly string[];
  /** Where alarms are posted to. */
  readonly webhooks: readonly Webhook[];
}

const hostPlatform = `${process.platform}-${process.arch}` as Platform;

const ENVIRONMENTS: Record<Environment['name'], Environment> = {
  local: {
    name: 'local',
    removal: 'destroy',
    pace: 60,
    logSeconds: 1,
    platform: hostPlatform,
    logDays: 7,
    tags: {},
    notify: [],
    webhooks: [],
  },
  dev: {
    name: 'dev',
    removal: 'retain',
    pace: 1,
    logSeconds: 60,
    platform: 'linux-x64',
    logDays: 7,
    tags: {},
    notify: [],
    webhooks: [],
  },
  staging: {
    name: 'staging',
    removal: 'retain',
    pace: 1,
    logSeconds: 60,
    platform: 'linux-x64',
    logDays: 30,
    tags: {},
    notify: [],
    webhooks: [],
  },
  prod: {
    name: 'prod',
    removal: 'retain',
    pace: 1,
    logSeconds: 60,
    platform: 'linux-x64',
    logDays: 90,
    tags: {},
    notify: [],
    webhooks: [],
  },
};

const Emails = z.array(z.email());
const Pace = z.coerce.number().min(1).max(3600);

/**
 * The environment of that name.
 * @param notify comma-separated e-mail addresses
 * @param webhooks comma-separated `kind:/name/of/parameter`
 * @param pace another one than its own, 1 to 3600: 1 where a clock is driven
 * @throws SpecError naming the value and the names there are
 */
export function environmentOf(name: string, notify = '', webhooks = '', pace?: string): Environment {
  if (!Object.hasOwn(ENVIRONMENTS, name)) {
    const expected = `one of ${Object.keys(ENVIRONMENTS).join(', ')}`;
    throw new SpecError('environment', [{ field: 'environment', expected, got: showValue(name) }]);
  }
  const addresses = Emails.safeParse(notify.split(',').filter(Boolean));
  if (!addresses.success) {
    throw new SpecError('environment', [
      { field: 'notify', expected: 'e-mail addresses', got: showValue(notify) },
    ]);
  }
  const own = ENVIRONMENTS[name as Environment['name']];
  const paced = Pace.safeParse(pace ?? own.pace);
  if (!paced.success) {
    throw new SpecError('environment', [
      { field: 'pace', expected: 'a number from 1 to 3600', got: showValue(pace) },
    ]);
  }
  return {
    ...own,
    pace: paced.data,
    notify: addresses.data,
    webhooks: parseWebhooks(webhooks),
  };
}

export function removalPolicy(environment: Environment): RemovalPolicy {
  return environment.removal === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
}

export function architectureOf(environment: Environment): Architecture {
  return environment.platform.endsWith('arm64') ? Architecture.ARM_64 : Architecture.X86_64;
}
