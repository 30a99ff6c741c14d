import { Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { allow } from '#lib/constructs/grants.ts';
import { Storage } from '#lib/constructs/storage.ts';
import { environmentOf } from '#lib/stacks/environment.ts';
import { openApp } from '../stacks/synthesize.ts';

/** What a role may do after `grant`, and which findings were acknowledged with which reason. */
function afterwards(grant: (role: Role, storage: Storage) => void) {
  const environment = environmentOf('dev');
  const stack = new Stack(openApp(environment), 'Test');
  const storage = new Storage(stack, 'Storage', { environment });
  const role = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  grant(role, storage);
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  const acknowledged = Object.assign(
    {},
    ...role.node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .map(({ data }) => data),
  ) as Record<string, unknown>;
  return {
    allowed: statements.map(({ Action, Resource }) => [[Action].flat(), [Resource].flat().map(arn)]),
    acknowledged,
  };
}

/** `arn:aws:s3:::leeboard-dev-store-.../models/*` -> `store/models/*`; the registry is `registry`. */
function arn(resource: unknown): string {
  const text = JSON.stringify(resource);
  if (text.includes('StorageRegistry')) return 'registry';
  const bucket = /leeboard-dev-(store|incoming)-/.exec(text)?.[1];
  const path = /"(\/[^"]*)"\]\]\}$/.exec(text)?.[1] ?? '';
  return bucket ? `${bucket}${path}` : text;
}

describe('Storage', () => {
  it('lets a reader of the store read its prefixes, any version, and write nothing', () => {
    const { allowed } = afterwards((role, storage) => storage.grantReadStore(role, 'models/', 'datasets/'));
    expect(allowed).toEqual([
      [
        ['s3:GetObject', 's3:GetObjectVersion'],
        ['store/datasets/*', 'store/models/*'],
      ],
      [['s3:ListBucket'], ['store']],
    ]);
  });

  it('lets a writer of the store write its prefix, and read or delete nothing', () => {
    const { allowed } = afterwards((role, storage) => storage.grantWriteStore(role, 'reports/'));
    expect(allowed).toEqual([[['s3:PutObject'], ['store/reports/*']]]);
  });

  it('lets a reader of drops read below incoming/ and nowhere else', () => {
    const { allowed } = afterwards((role, storage) => storage.grantReadIncoming(role));
    expect(allowed).toEqual([
      [['s3:GetObject', 's3:GetObjectVersion'], ['incoming/incoming/*']],
      [['s3:ListBucket'], ['incoming']],
    ]);
  });

  it('lets a delivery stream deliver and abort, and read nothing', () => {
    const { allowed } = afterwards((role, storage) => storage.grantDeliver(role, 'predictions/m/'));
    expect(allowed).toEqual([
      [['s3:AbortMultipartUpload', 's3:PutObject'], ['store/predictions/m/*']],
      [['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], ['store']],
    ]);
  });

  it('lets a reader of the registry read', () => {
    const { allowed } = afterwards((role, storage) => storage.grantReadRegistry(role));
    expect(allowed).toEqual([[['dynamodb:GetItem', 'dynamodb:Query'], ['registry']]]);
  });

  it('lets a writer of the registry put on a condition, and delete nothing', () => {
    const { allowed } = afterwards((role, storage) => storage.grantWriteRegistry(role));
    expect(allowed.flatMap(([actions]) => actions).sort()).toEqual([
      'dynamodb:ConditionCheckItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
    ]);
  });
});

describe('allow', () => {
  it('acknowledges each resource that ends in a wildcard, with the reason given', () => {
    const { acknowledged } = afterwards((role) =>
      allow(role, ['s3:GetObject'], ['arn:aws:s3:::x/*'], 'No fixed names.'),
    );
    expect(JSON.stringify(acknowledged)).toContain('AwsSolutions-IAM5[Resource::arn:aws:s3:::x/*]');
    expect(JSON.stringify(acknowledged)).toContain('No fixed names.');
  });

  it('acknowledges nothing without a reason', () => {
    const { acknowledged } = afterwards((role) => allow(role, ['s3:GetObject'], ['arn:aws:s3:::x/*']));
    expect(acknowledged).toEqual({});
  });
});
