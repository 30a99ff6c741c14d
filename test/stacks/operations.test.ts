import { describe, expect, it } from 'vitest';
import { defineModel } from '#core/spec/model.ts';
import { environmentOf } from '#lib/stacks/environment.ts';
import { flightsLate, local, prod, synthesize } from './synthesize.ts';

const functions = prod.all('AWS::Lambda::Function');

describe('functions', () => {
  it('every function has a log group and a role of its own', () => {
    const groups = new Map(prod.all('AWS::Logs::LogGroup').map((group) => [group.id, group.Properties]));
    const roles = functions.map(({ Properties }) => Properties.Role['Fn::GetAtt'][0]);
    const logs = functions.map(({ Properties }) => Properties.LoggingConfig.LogGroup.Ref);
    expect(new Set(roles).size).toBe(functions.length);
    expect(new Set(logs).size).toBe(functions.length);
    expect(logs.map((id) => groups.get(id).LogGroupName)).toEqual(
      functions.map(({ Properties }) => `/aws/lambda/${Properties.FunctionName}`),
    );
  });

  it("every function is traced, has a timeout and runs on the layers' processor", () => {
    for (const { id, Properties } of functions) {
      expect(Properties.TracingConfig, id).toEqual({ Mode: 'Active' });
      expect(Properties.Timeout, id).toBeLessThanOrEqual(900);
      expect(Properties.Architectures, id).toEqual(['x86_64']);
    }
    for (const { Properties } of prod.all('AWS::Lambda::LayerVersion'))
      expect(Properties.CompatibleArchitectures).toEqual(['x86_64']);
  });

  it('every function knows its environment', () => {
    for (const [name, stacks] of Object.entries({ prod, local }))
      for (const { id, Properties } of stacks.all('AWS::Lambda::Function'))
        expect(Properties.Environment.Variables.ENVIRONMENT, id).toBe(name);
  });

  it('an answer comes before the API stops waiting', () => {
    const called = prod
      .all('AWS::ApiGatewayV2::Integration')
      .map(({ Properties }) => JSON.stringify(Properties.IntegrationUri));
    const answering = functions.filter(({ id }) => called.some((uri) => uri.includes(`"${id}"`)));
    expect(answering.map(({ Properties }) => Properties.FunctionName).sort()).toEqual([
      'leeboard-prod-control-batches',
      'leeboard-prod-control-deployments',
      'leeboard-prod-control-replays',
      'leeboard-prod-control-runs',
      'leeboard-prod-decide-approval',
      'leeboard-prod-describe-models',
      'leeboard-prod-describe-status',
      'leeboard-prod-flights-late-predict',
      'leeboard-prod-flights-late-record-truth',
    ]);
    for (const { id, Properties } of answering) expect(Properties.Timeout, id).toBeLessThanOrEqual(30);
  });

  it('a function that nobody waits for leaves what it could not do in a dead-letter queue', () => {
    const alone = [
      ...['start-ingest', 'notify-alarm', 'end-training', 'end-rollout', 'notify-rollback', 'record-batch'],
      ...['consider-retraining', 'request-approval', 'end-monitoring'],
      ...['record-truth-file', 'derive-truth'].map((name) => `flights-late-${name}`),
    ].map((name) => `leeboard-prod-${name}`);
    for (const { Properties } of functions)
      expect(Properties.DeadLetterConfig !== undefined, Properties.FunctionName).toBe(
        alone.includes(Properties.FunctionName),
      );
  });
});

describe('logs and tags', () => {
  it.each([
    ['prod', prod, 90],
    ['local', local, 7],
  ])('every log group of %s has a retention', (_name, stacks, days) => {
    const groups = stacks.all('AWS::Logs::LogGroup');
    expect(groups.map(({ Properties }) => Properties.RetentionInDays)).toEqual(groups.map(() => days));
  });

  it('pipelines log errors and transitions without the data, and are traced', () => {
    const machines = prod.all('AWS::StepFunctions::StateMachine');
    expect(machines.length).toBeGreaterThan(3);
    for (const { id, Properties } of machines) {
      expect(Properties.LoggingConfiguration, id).toMatchObject({
        Level: 'ALL',
        IncludeExecutionData: false,
      });
      expect(Properties.TracingConfiguration, id).toEqual({ Enabled: true });
    }
  });

  it("everything bears its environment's tags", () => {
    const environment = { ...environmentOf('dev'), tags: { team: 'forecast' } };
    const stacks = synthesize(environment);
    for (const type of ['AWS::S3::Bucket', 'AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine']) {
      for (const { id, Properties } of stacks.all(type)) {
        expect(Properties.Tags, id).toContainEqual({ Key: 'leeboard', Value: 'dev' });
        expect(Properties.Tags, id).toContainEqual({ Key: 'team', Value: 'forecast' });
      }
    }
  });
});

describe('the drift alarm', () => {
  const [alarm] = prod.all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);

  it("watches its own model's metric against the model's own limit", () => {
    expect(alarm).toMatchObject({
      AlarmName: 'leeboard-prod-flights-late-drift',
      Namespace: 'Leeboard',
      MetricName: 'DriftPsi',
      Dimensions: [
        { Name: 'Environment', Value: 'prod' },
        { Name: 'Model', Value: 'flights-late' },
      ],
      Statistic: 'Maximum',
      Threshold: flightsLate.monitor.psi,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  });

  it('is neither raised nor cleared by a window without predictions', () => {
    expect(alarm.TreatMissingData).toBe('ignore');
  });

  it('says what happened, where to look and what to do', () => {
    expect(alarm.AlarmDescription).toContain('The inputs of flights-late no longer look like the data');
    expect(alarm.AlarmDescription).toContain('reports/flights-late/');
    expect(alarm.AlarmDescription).toContain('npx leeboard train flights-late');
  });

  it('tells people when it rings and when it is over', () => {
    expect(alarm.AlarmActions).toHaveLength(1);
    expect(alarm.OKActions).toEqual(alarm.AlarmActions);
  });
});

describe('the monitoring schedule', () => {
  const scheduleOf = (every: string, environment = 'prod') => {
    const model = defineModel({ ...flightsLate, monitor: { every } });
    const stacks = synthesize(environmentOf(environment), [model]);
    const [schedule] = stacks.all('AWS::Scheduler::Schedule');
    const [alarm] = stacks.all('AWS::CloudWatch::Alarm');
    return { rate: schedule?.Properties.ScheduleExpression, period: alarm?.Properties.Period };
  };

  it('is what the model asks for', () => {
    expect(scheduleOf('6 hours')).toEqual({ rate: 'rate(6 hours)', period: 21_600 });
  });

  it('may be rarer than an alarm can look back', () => {
    expect(scheduleOf('30 days')).toEqual({ rate: 'rate(30 days)', period: 86_400 });
  });

  it('is at least a minute, whatever the pace', () => {
    expect(scheduleOf('10 minutes', 'local')).toEqual({ rate: 'rate(1 minute)', period: 60 });
  });
});

describe('people who hear of alarms', () => {
  it('are those of the environment', () => {
    const stacks = synthesize(environmentOf('prod', 'ann@example.org,bob@example.org'));
    const subscriptions = stacks.all('AWS::SNS::Subscription').map(({ Properties }) => Properties);
    expect(subscriptions.map(({ Protocol, Endpoint }) => [Protocol, Endpoint])).toEqual([
      ['email', 'ann@example.org'],
      ['email', 'bob@example.org'],
    ]);
    for (const { RedrivePolicy } of subscriptions) expect(RedrivePolicy.deadLetterTargetArn).toBeDefined();
  });
});
