import { describe, expect, it } from 'vitest';
import { defineModel } from '#core/spec/model.ts';
import { physicalName } from '#lib/constructs/physical-name.ts';
import { environmentOf } from '#lib/stacks/environment.ts';
import { flightsLate, type Stacks, synthesize } from '../stacks/synthesize.ts';

const staging = environmentOf('staging');

describe('physicalName', () => {
  it('is the parts, joined', () => {
    expect(physicalName(staging, 'record-run')).toBe('leeboard-staging-record-run');
    expect(physicalName(staging, 'predict', { model: 'flights-late' })).toBe(
      'leeboard-staging-flights-late-predict',
    );
  });

  it('keeps a name that just fits as it is', () => {
    const model = 'm'.repeat(64 - 'leeboard-staging--predict'.length);
    expect(physicalName(staging, 'predict', { model })).toBe(`leeboard-staging-${model}-predict`);
  });

  it('cuts a longer name to the limit and keeps two long models apart', () => {
    const [one, two] = ['a', 'b'].map((end) =>
      physicalName(staging, 'monitor-model', { model: `${'m'.repeat(62)}${end}` }),
    );
    expect(one).toMatch(/^leeboard-staging-m+-[0-9a-f]{8}-monitor-model$/);
    expect(one).toHaveLength(64);
    expect(one).not.toBe(two);
  });

  it('refuses a name that cannot be cut, and says it', () => {
    expect(() => physicalName(staging, 'w'.repeat(60))).toThrow(
      /name must be at most 64 characters, got: leeboard-staging-w/,
    );
    expect(() => physicalName(staging, 'w'.repeat(60), { model: 'm' })).toThrow(RangeError);
  });
});

/** Where AWS limits names: type, property, characters. */
const LIMITS: readonly (readonly [type: string, property: string, limit: number])[] = [
  ['AWS::Lambda::Function', 'FunctionName', 64],
  ['AWS::Lambda::LayerVersion', 'LayerName', 140],
  ['AWS::StepFunctions::StateMachine', 'StateMachineName', 80],
  ['AWS::KinesisFirehose::DeliveryStream', 'DeliveryStreamName', 64],
  ['AWS::Scheduler::Schedule', 'Name', 64],
  ['AWS::CloudWatch::Alarm', 'AlarmName', 255],
  ['AWS::CloudWatch::Alarm', 'AlarmDescription', 1024],
  ['AWS::CloudWatch::Dashboard', 'DashboardName', 255],
  ['AWS::Logs::LogGroup', 'LogGroupName', 512],
  ['AWS::Lambda::Function', 'Description', 256],
  ['AWS::S3::Bucket', 'BucketName', 63],
  ['AWS::DynamoDB::GlobalTable', 'TableName', 255],
  ['AWS::Events::EventBus', 'Name', 256],
  ['AWS::SNS::Topic', 'TopicName', 256],
];

describe("a model whose name has all 63 characters, in the longest environment's name and a long region", () => {
  const stacks: Stacks = synthesize(staging, [defineModel({ ...flightsLate, name: 'm'.repeat(63) })]);

  it.each(LIMITS)('%s has a %s of at most %i characters', (type, property, limit) => {
    const names = stacks.all(type).map(({ Properties }) => textOf(Properties[property]));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(name.length, name).toBeLessThanOrEqual(limit);
  });

  it('names its stack within 128 characters', () => {
    for (const name of stacks.templates.keys()) expect(name.length, name).toBeLessThanOrEqual(128);
  });
});

/** A name with a 12-digit account and the longest region. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (Ref === 'AWS::AccountId') return '123456789012';
  if (Ref === 'AWS::Region') return 'ap-southeast-2';
  if (!join) throw new Error(`a name that is not known before it is deployed: ${JSON.stringify(value)}`);
  return join[1].map(textOf).join(join[0]);
}
