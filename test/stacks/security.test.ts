import { describe, expect, it } from 'vitest';
import { predictionRoutes } from '#core/api/prediction.ts';
import { local, prod, type Resource } from './synthesize.ts';

/** Actions that AWS defines without resources, and why we need each. */
const WITHOUT_RESOURCES: Readonly<Record<string, string>> = {
  'xray:PutTraceSegments': 'traces of functions and pipelines',
  'xray:PutTelemetryRecords': 'traces of functions and pipelines',
  'xray:GetSamplingRules': 'traces of pipelines',
  'xray:GetSamplingTargets': 'traces of pipelines',
  'logs:CreateLogDelivery': 'logs of pipelines',
  'logs:GetLogDelivery': 'logs of pipelines',
  'logs:UpdateLogDelivery': 'logs of pipelines',
  'logs:DeleteLogDelivery': 'logs of pipelines',
  'logs:ListLogDeliveries': 'logs of pipelines',
  'logs:PutResourcePolicy': 'logs of pipelines',
  'logs:DescribeResourcePolicies': 'logs of pipelines',
  'logs:DescribeLogGroups': 'logs of pipelines',
  'cloudwatch:PutMetricData': 'metrics of monitoring; narrowed to our namespace by a condition',
};

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: {
    Bool?: object;
    StringEquals?: object;
    'ForAllValues:StringEquals'?: Readonly<Record<string, string[]>>;
  };
}

const listOf = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);
const statementsOf = (policy: Resource): Statement[] => policy.Properties.PolicyDocument.Statement;
const allowed = [...prod.all('AWS::IAM::Policy'), ...local.all('AWS::IAM::Policy')]
  .flatMap(statementsOf)
  .filter(({ Effect }) => Effect === 'Allow');
const deniesPlainHttp = (policies: readonly Resource[], list: string, id: string) =>
  policies
    .filter(({ Properties }) => JSON.stringify(Properties[list]).includes(`"${id}"`))
    .flatMap(statementsOf)
    .some(
      ({ Effect, Condition }) =>
        Effect === 'Deny' &&
        JSON.stringify(Condition) === JSON.stringify({ Bool: { 'aws:SecureTransport': 'false' } }),
    );

describe('what roles may do', () => {
  it('no role has an action with a wildcard', () => {
    expect(allowed.length).toBeGreaterThan(100);
    expect(allowed.flatMap(({ Action }) => listOf(Action)).filter((action) => /[*?]/.test(action))).toEqual(
      [],
    );
  });

  it('only actions that have no resources are granted on *', () => {
    const everywhere = allowed.filter(({ Resource }) => listOf(Resource).includes('*'));
    const actions = new Set(everywhere.flatMap(({ Action }) => listOf(Action)));
    expect([...actions].sort()).toEqual(Object.keys(WITHOUT_RESOURCES).sort());
  });

  it('who answers for a model reads and counts in the registry for that model alone', () => {
    const counting = allowed.filter(({ Action }) => listOf(Action).includes('dynamodb:UpdateItem'));
    expect(counting.length).toBeGreaterThan(0);
    for (const { Condition } of counting) {
      const keys = Condition?.['ForAllValues:StringEquals']?.['dynamodb:LeadingKeys'];
      expect(keys).toEqual([expect.stringMatching(/^MODEL#[a-z0-9-]+$/)]);
    }
  });

  it('metrics are written in our namespace alone', () => {
    const metrics = allowed.filter(({ Action }) => listOf(Action).includes('cloudwatch:PutMetricData'));
    expect(metrics.map(({ Condition }) => Condition?.StringEquals)).toEqual(
      metrics.map(() => ({ 'cloudwatch:namespace': 'Leeboard' })),
    );
  });

  it('who watches a model writes what it found, no other report', () => {
    const watching = prod
      .all('AWS::IAM::Policy')
      .filter(({ id }) => /(PlanWindows|ProfilePart|ExamineWindow|JoinTruth)/.test(id));
    const written = watching
      .flatMap(statementsOf)
      .filter(({ Action }) => listOf(Action).includes('s3:PutObject'))
      .flatMap(({ Resource }) => listOf(Resource))
      .map((resource) =>
        /((?:reports|work)\/.*)"/.exec(JSON.stringify(resource))?.[1]?.split('/').toSpliced(1, 1).join('/'),
      );
    expect(watching.length % 4).toBe(0);
    expect([...new Set(written)].sort()).toEqual([
      'reports/drift/*',
      'reports/truth/*',
      'reports/windows/*',
      'work/windows/*',
    ]);
  });

  it('no role has policies other than its own, and none is open to another account', () => {
    for (const role of prod.all('AWS::IAM::Role')) {
      expect(role.Properties.ManagedPolicyArns, role.id).toBeUndefined();
      for (const { Principal } of role.Properties.AssumeRolePolicyDocument.Statement)
        expect(Principal, role.id).toEqual({ Service: expect.stringMatching(/\.amazonaws\.com$/) });
    }
  });

  it('a function may be called by the API, by the drop rule and by alarms of this account, by nobody else', () => {
    for (const { id, Properties } of prod.all('AWS::Lambda::Permission')) {
      expect(Properties.Action, id).toBe('lambda:InvokeFunction');
      expect(Properties.Principal, id).toMatch(
        /^(apigateway|events|lambda\.alarms\.cloudwatch)\.amazonaws\.com$/,
      );
      expect(Properties.SourceArn ?? Properties.SourceAccount, id).toBeDefined();
    }
  });
});

describe.each([
  ['prod', prod],
  ['local', local],
])('stored data in %s', (_name, stacks) => {
  it('every bucket is encrypted, closed to the public, without ACLs and for TLS only', () => {
    const buckets = stacks.all('AWS::S3::Bucket');
    expect(buckets).toHaveLength(3);
    for (const { id, Properties } of buckets) {
      const [rule] = Properties.BucketEncryption.ServerSideEncryptionConfiguration;
      expect(rule.ServerSideEncryptionByDefault.SSEAlgorithm, id).toBe('AES256');
      expect(Properties.PublicAccessBlockConfiguration, id).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(Properties.OwnershipControls.Rules, id).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
      expect(deniesPlainHttp(stacks.all('AWS::S3::BucketPolicy'), 'Bucket', id), id).toBe(true);
    }
  });

  it('drops and the store keep every version and log every access', () => {
    for (const id of ['StorageIncoming', 'StorageStore']) {
      const bucket = stacks.all('AWS::S3::Bucket').find((resource) => resource.id.startsWith(id));
      expect(bucket?.Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
      expect(bucket?.Properties.LoggingConfiguration.LogFilePrefix).toMatch(/^(incoming|store)\/$/);
    }
  });

  it('nothing in the store expires, but for what a run leaves for its later steps', () => {
    const store = stacks.all('AWS::S3::Bucket').find(({ id }) => id.startsWith('StorageStore'));
    expect(store?.Properties.LifecycleConfiguration.Rules).toEqual([
      { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
      {
        Prefix: 'work/',
        ExpirationInDays: 7,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        Status: 'Enabled',
      },
    ]);
  });

  it('every queue is encrypted and for TLS only', () => {
    const queues = stacks.all('AWS::SQS::Queue');
    expect(queues.length).toBeGreaterThan(0);
    for (const { id, Properties } of queues) {
      expect(Properties.SqsManagedSseEnabled, id).toBe(true);
      expect(deniesPlainHttp(stacks.all('AWS::SQS::QueuePolicy'), 'Queues', id), id).toBe(true);
    }
  });

  it('every topic is encrypted and for TLS only', () => {
    const topics = stacks.all('AWS::SNS::Topic');
    expect(topics.length).toBeGreaterThan(0);
    for (const { id, Properties } of topics) {
      expect(JSON.stringify(Properties.KmsMasterKeyId), id).toContain('alias/aws/sns');
      expect(deniesPlainHttp(stacks.all('AWS::SNS::TopicPolicy'), 'Topics', id), id).toBe(true);
    }
  });

  it('the prediction log is encrypted on its way', () => {
    for (const { Properties } of stacks.all('AWS::KinesisFirehose::DeliveryStream'))
      expect(Properties.DeliveryStreamEncryptionConfigurationInput).toEqual({ KeyType: 'AWS_OWNED_CMK' });
  });

  it('every table can be restored to any second', () => {
    const tables = stacks.all('AWS::DynamoDB::GlobalTable');
    expect(tables).toHaveLength(1);
    for (const replica of tables.flatMap(({ Properties }) => Properties.Replicas))
      expect(replica.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true);
  });
});

describe('what outlives its stack', () => {
  const stateful = (stacks: typeof prod) => [
    ...stacks.all('AWS::S3::Bucket'),
    ...stacks.all('AWS::DynamoDB::GlobalTable'),
  ];

  it('buckets and tables stay when a stack goes, outside the local environment', () => {
    for (const { id, DeletionPolicy, UpdateReplacePolicy } of stateful(prod))
      expect([DeletionPolicy, UpdateReplacePolicy], id).toEqual(['Retain', 'Retain']);
  });

  it('locally they go with it', () => {
    for (const { id, DeletionPolicy } of stateful(local)) expect(DeletionPolicy, id).toBe('Delete');
  });

  it('the registry cannot be deleted by accident, outside the local environment', () => {
    const protection = (stacks: typeof prod) =>
      stacks.all('AWS::DynamoDB::GlobalTable')[0]?.Properties.Replicas[0].DeletionProtectionEnabled;
    expect(protection(prod)).toBe(true);
    expect(protection(local)).toBe(false);
  });

  it('a log group goes with its stack, so that a model that comes back can be deployed', () => {
    for (const { id, DeletionPolicy } of prod.all('AWS::Logs::LogGroup'))
      expect(DeletionPolicy, id).toBe('Delete');
  });
});

describe('who may ask', () => {
  it('every route asks for IAM credentials', () => {
    const routes = prod.all('AWS::ApiGatewayV2::Route');
    expect(routes.map(({ Properties }) => Properties.RouteKey).sort()).toContain(
      'POST /v1/models/flights-late/predict',
    );
    expect(routes.map(({ Properties }) => Properties.AuthorizationType)).toEqual(routes.map(() => 'AWS_IAM'));
  });

  it('every way to ask a model has its route', () => {
    const routes = prod.all('AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties.RouteKey);
    const wanted = Object.keys(predictionRoutes).map((route) => route.replace('{model}', 'flights-late'));
    expect(routes).toEqual(expect.arrayContaining(wanted));
  });

  it('the API is throttled and logs who called what', () => {
    const [stage] = prod.all('AWS::ApiGatewayV2::Stage');
    expect(stage?.Properties.DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: 500,
      ThrottlingBurstLimit: 1000,
    });
    expect(JSON.parse(stage?.Properties.AccessLogSettings.Format)).toMatchObject({
      route: '$context.routeKey',
      status: '$context.status',
      caller: '$context.identity.caller',
    });
  });
});
