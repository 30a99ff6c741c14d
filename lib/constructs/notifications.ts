import { Stack } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { allow } from './grants.ts';
import { LeeboardFunction } from './leeboard-function.ts';

/** Where people hear of alarms: alarm -> `notify-alarm` -> encrypted topic -> e-mail. */
export class Notifications extends Construct {
  readonly topic: ITopic;
  /** For any alarm that people should hear of. */
  readonly action: IAlarmAction;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters');
    this.topic = new Topic(this, 'Alarms', {
      topicName: `leeboard-${environment.name}-alarms`,
      displayName: 'Leeboard alarms',
      // CloudWatch cannot publish through this AWS-managed key; `notify-alarm` can, and a key of our own costs money idle.
      masterKey: Alias.fromAliasName(this, 'SnsKey', 'alias/aws/sns'),
      enforceSSL: true,
    });
    const notifyAlarm = new LeeboardFunction(this, 'NotifyAlarm', {
      environment,
      handler: 'notify-alarm',
      variables: { TOPIC: this.topic.topicArn },
      deadLetters,
    });
    allow(notifyAlarm, ['sns:Publish'], [this.topic.topicArn]);
    // CDK's LambdaAction would put each alarm's permission here, and make this stack depend on every model's.
    notifyAlarm.addPermission('Alarms', {
      principal: new ServicePrincipal('lambda.alarms.cloudwatch.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
    });
    this.action = { bind: () => ({ alarmActionArn: notifyAlarm.functionArn }) };
    for (const address of environment.notify)
      this.topic.addSubscription(new EmailSubscription(address, { deadLetterQueue: deadLetters }));
  }
}
