import { Stack } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { allow } from './grants.ts';
import { LeeboardFunction, type LeeboardFunctionProps } from './leeboard-function.ts';
import type { Storage } from './storage.ts';

export interface NotificationsProps {
  readonly environment: Environment;
  readonly storage: Storage;
}

/** Where people hear of alarms: alarm -> `notify-alarm` -> encrypted topic -> e-mail, and `notify-webhook`. */
export class Notifications extends Construct {
  readonly topic: ITopic;
  /** For any alarm that people should hear of. */
  readonly action: IAlarmAction;
  readonly #props: NotificationsProps;

  constructor(scope: Construct, id: string, props: NotificationsProps) {
    super(scope, id);
    this.#props = props;
    const { environment } = props;
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters');
    this.topic = new Topic(this, 'Alarms', {
      topicName: `leeboard-${environment.name}-alarms`,
      displayName: 'Leeboard alarms',
      // CloudWatch cannot publish through this AWS-managed key; `notify-alarm` can, and a key of our own costs money idle.
      masterKey: Alias.fromAliasName(this, 'SnsKey', 'alias/aws/sns'),
      enforceSSL: true,
    });
    const notifyAlarm = this.publisher(this, 'NotifyAlarm', 'notify-alarm', deadLetters);
    // CDK's LambdaAction would put each alarm's permission here, and make this stack depend on every model's.
    notifyAlarm.addPermission('Alarms', {
      principal: new ServicePrincipal('lambda.alarms.cloudwatch.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
    });
    this.action = { bind: () => ({ alarmActionArn: notifyAlarm.functionArn }) };
    for (const address of environment.notify)
      this.topic.addSubscription(new EmailSubscription(address, { deadLetterQueue: deadLetters }));
    if (environment.webhooks.length > 0) this.#notifyWebhook(deadLetters);
  }

  /** A function that may tell people, each piece of news once. */
  publisher(
    scope: Construct,
    id: string,
    handler: string,
    deadLetters: IQueue,
    { variables, ...options }: Partial<LeeboardFunctionProps> = {},
  ): LeeboardFunction {
    const { environment, storage } = this.#props;
    const lambda = new LeeboardFunction(scope, id, {
      environment,
      handler,
      variables: { TOPIC: this.topic.topicArn, REGISTRY_TABLE: storage.registry.tableName, ...variables },
      deadLetters,
      ...options,
    });
    allow(lambda, ['sns:Publish'], [this.topic.topicArn]);
    storage.grantNotify(lambda);
    return lambda;
  }

  #notifyWebhook(deadLetters: IQueue): void {
    const { environment, storage } = this.#props;
    const stack = Stack.of(this);
    const notifyWebhook = new LeeboardFunction(this, 'NotifyWebhook', {
      environment,
      handler: 'notify-webhook',
      variables: {
        WEBHOOKS: JSON.stringify(environment.webhooks),
        SSM_ENDPOINT: `https://ssm.${stack.region}.${stack.urlSuffix}`,
        REGISTRY_TABLE: storage.registry.tableName,
      },
      deadLetters,
    });
    // The parameters' AWS-managed key lets everybody in the account decrypt who may read the parameter.
    allow(
      notifyWebhook,
      ['ssm:GetParameter'],
      environment.webhooks.map(({ parameter }) =>
        stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: parameter.slice(1) }),
      ),
    );
    storage.grantNotify(notifyWebhook);
    this.topic.addSubscription(new LambdaSubscription(notifyWebhook, { deadLetterQueue: deadLetters }));
  }
}
