import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { AttributeType, Billing, type ITableV2, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { WORK } from '#core/work.ts';
import { type Environment, removalPolicy } from '../stacks/environment.ts';
import { allow, allowItems } from './grants.ts';

export interface StorageProps {
  readonly environment: Environment;
}

/** The two buckets, the registry and the bus: everything that outlives a deployment. */
export class Storage extends Construct {
  /** Producers write here, below `incoming/<dataset>/` and `truth/<model>/`. */
  readonly incoming: Bucket;
  /** Everything accepted or made. */
  readonly store: Bucket;
  readonly registry: ITableV2;
  readonly bus: IEventBus;
  readonly #incomingArn: string;
  readonly #storeArn: string;

  constructor(scope: Construct, id: string, { environment }: StorageProps) {
    super(scope, id);
    const removal = removalPolicy(environment);
    const bucketName = (what: string) =>
      `leeboard-${environment.name}-${what}-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
    const closed = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: removal,
    };
    const accessLog = new Bucket(this, 'AccessLog', {
      ...closed,
      bucketName: bucketName('access-log'),
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    Validations.of(accessLog).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'It is where access logs go; logging it would never end.',
    });
    const logged = { ...closed, versioned: true, serverAccessLogsBucket: accessLog };
    // Built from the names, so that grants of other stacks need no export for each prefix.
    this.#incomingArn = `arn:${Aws.PARTITION}:s3:::${bucketName('incoming')}`;
    this.#storeArn = `arn:${Aws.PARTITION}:s3:::${bucketName('store')}`;
    this.incoming = new Bucket(this, 'Incoming', {
      ...logged,
      bucketName: bucketName('incoming'),
      serverAccessLogsPrefix: 'incoming/',
      lifecycleRules: [{ expiration: Duration.days(30), noncurrentVersionExpiration: Duration.days(30) }],
    });
    // CDK's eventBridgeEnabled would add a custom resource; the property itself is all it takes.
    (this.incoming.node.defaultChild as CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
    this.store = new Bucket(this, 'Store', {
      ...logged,
      bucketName: bucketName('store'),
      serverAccessLogsPrefix: 'store/',
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        // Once a version is all that is left of an object, S3 takes away the mark of its deletion, too.
        { prefix: WORK, expiration: Duration.days(7), noncurrentVersionExpiration: Duration.days(1) },
      ],
    });
    this.registry = new TableV2(this, 'Registry', {
      tableName: `leeboard-${environment.name}-registry`,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      timeToLiveAttribute: 'expires',
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: environment.removal === 'retain',
      removalPolicy: removal,
    });
    this.bus = new EventBus(this, 'Bus', { eventBusName: `leeboard-${environment.name}` });
  }

  /** Lets `grantee` read objects below the prefixes of the store, any version. */
  grantReadStore(grantee: IGrantable, ...prefixes: string[]): void {
    const objects = prefixes.map((prefix) => `${this.#storeArn}/${prefix}*`);
    allow(
      grantee,
      ['s3:GetObject', 's3:GetObjectVersion'],
      objects,
      'Objects below a prefix have no fixed names.',
    );
    // Without it S3 says "access denied" where it means "no such key".
    this.grantListStore(grantee);
  }

  /** Lets `grantee` see which objects there are in the store, not what is in them. */
  grantListStore(grantee: IGrantable): void {
    allow(grantee, ['s3:ListBucket'], [this.#storeArn]);
  }

  /** Lets `grantee` write objects below the prefixes of the store. */
  grantWriteStore(grantee: IGrantable, ...prefixes: string[]): void {
    const objects = prefixes.map((prefix) => `${this.#storeArn}/${prefix}*`);
    allow(grantee, ['s3:PutObject'], objects, 'Objects below a prefix have no fixed names.');
  }

  /** Lets `grantee` hash what a model's prediction log hashes: read the key, and make it when there is none. */
  grantLogKey(grantee: IGrantable, model: string): void {
    allow(grantee, ['s3:GetObject', 's3:PutObject'], [`${this.#storeArn}/keys/${model}/prediction-log`]);
    allow(grantee, ['s3:ListBucket'], [this.#storeArn]);
  }

  /** Lets Firehose deliver below the prefixes of the store, large batches in parts. */
  grantDeliver(grantee: IGrantable, ...prefixes: string[]): void {
    const objects = prefixes.map((prefix) => `${this.#storeArn}/${prefix}*`);
    allow(
      grantee,
      ['s3:PutObject', 's3:AbortMultipartUpload'],
      objects,
      'Objects below a prefix have no fixed names.',
    );
    const bucketActions = ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'];
    allow(grantee, bucketActions, [this.#storeArn]);
  }

  /** Lets `grantee` read drops below a prefix. */
  grantReadIncoming(grantee: IGrantable, prefix = 'incoming/'): void {
    const drops = [`${this.#incomingArn}/${prefix}*`];
    allow(
      grantee,
      ['s3:GetObject', 's3:GetObjectVersion'],
      drops,
      'Producers choose the names of their drops.',
    );
    allow(grantee, ['s3:ListBucket'], [this.#incomingArn]);
  }

  grantReadRegistry(grantee: IGrantable): void {
    allow(grantee, ['dynamodb:GetItem', 'dynamodb:Query'], [this.registry.tableArn]);
  }

  /** Lets `grantee` read what is deployed of a model, and tell what it served, of no other. */
  grantServe(grantee: IGrantable, model: string): void {
    const actions = ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem'];
    allowItems(grantee, actions, this.registry.tableArn, [`MODEL#${model}`]);
  }

  /** Lets `grantee` read what is known of a model, of no other. */
  grantReadModel(grantee: IGrantable, model: string): void {
    allowItems(grantee, ['dynamodb:GetItem', 'dynamodb:Query'], this.registry.tableArn, [`MODEL#${model}`]);
  }

  /** Lets `grantee` record windows of a model, and read what is known of it, of no other. */
  grantRecordWindows(grantee: IGrantable, model: string): void {
    const actions = ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'];
    allowItems(grantee, actions, this.registry.tableArn, [`MODEL#${model}`]);
  }

  /** Lets `grantee` remember what people were told, nothing else in the registry. */
  grantNotify(grantee: IGrantable): void {
    allowItems(grantee, ['dynamodb:PutItem'], this.registry.tableArn, ['NOTIFICATIONS']);
  }

  grantWriteRegistry(grantee: IGrantable): void {
    this.grantReadRegistry(grantee);
    allow(grantee, ['dynamodb:PutItem', 'dynamodb:ConditionCheckItem'], [this.registry.tableArn]);
  }
}
