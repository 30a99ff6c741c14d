import { describe, expect, it } from 'vitest';
import { environmentOf } from '#lib/stacks/environment.ts';
import { prod, synthesize } from './synthesize.ts';

const stacks = synthesize(environmentOf('prod', '', 'slack:/leeboard/prod/slack,generic:/pager'));
const named = (what: string) =>
  stacks
    .all('AWS::Lambda::Function')
    .find(({ Properties }) => Properties.FunctionName === `leeboard-prod-${what}`);
const notifyWebhook = named('notify-webhook');
const [topic] = stacks.all('AWS::SNS::Topic');

// biome-ignore lint/suspicious/noExplicitAny: statements are JSON of many shapes
function statementsOf(lambda = notifyWebhook): any[] {
  const role = lambda?.Properties.Role['Fn::GetAtt'][0];
  return stacks
    .all('AWS::IAM::Policy')
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}
const arn = (resource: string) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':ssm:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      resource,
    ],
  ],
});

describe('webhooks', () => {
  it('without any there is neither function nor subscription', () => {
    expect(prod.all('AWS::SNS::Subscription')).toEqual([]);
    const names = prod.all('AWS::Lambda::Function').map(({ Properties }) => Properties.FunctionName);
    expect(names).not.toContain('leeboard-prod-notify-webhook');
  });

  it('one function hears the topic; what it did not get is a dead letter, and what it could not post', () => {
    const subscriptions = stacks.all('AWS::SNS::Subscription').map(({ Properties }) => Properties);
    expect(subscriptions).toMatchObject([
      {
        Protocol: 'lambda',
        TopicArn: { Ref: topic?.id },
        Endpoint: { 'Fn::GetAtt': [notifyWebhook?.id, 'Arn'] },
      },
    ]);
    expect(subscriptions[0].RedrivePolicy.deadLetterTargetArn).toEqual(
      notifyWebhook?.Properties.DeadLetterConfig.TargetArn,
    );
  });

  it('only this topic may call it', () => {
    const permissions = stacks
      .all('AWS::Lambda::Permission')
      .map(({ Properties }) => Properties)
      .filter(({ FunctionName }) => FunctionName['Fn::GetAtt']?.[0] === notifyWebhook?.id);
    expect(permissions).toEqual([
      expect.objectContaining({ Principal: 'sns.amazonaws.com', SourceArn: { Ref: topic?.id } }),
    ]);
  });

  it('the template knows names of parameters, and no parameter is resolved into it', () => {
    expect(JSON.parse(notifyWebhook?.Properties.Environment.Variables.WEBHOOKS)).toEqual([
      { kind: 'slack', parameter: '/leeboard/prod/slack' },
      { kind: 'generic', parameter: '/pager' },
    ]);
    const text = JSON.stringify([...stacks.templates]);
    expect(text).not.toMatch(/resolve:ssm|AWS::SSM::Parameter::Value<(?!String>)/);
    expect(text).not.toContain('hooks.slack.com');
  });

  it('the function may read these parameters, remember what it told, log and trace: nothing else', () => {
    const allowed = statementsOf().map(({ Action, Resource, Condition }) => [
      [Action].flat().sort().join(' '),
      Resource,
      Condition,
    ]);
    const logging = 'logs:CreateLogStream logs:PutLogEvents';
    const rest = allowed.filter(([actions]) => actions !== logging && !String(actions).startsWith('xray:'));
    expect(rest).toHaveLength(3);
    expect(rest).toContainEqual([
      'ssm:GetParameter',
      [arn(':parameter/leeboard/prod/slack'), arn(':parameter/pager')],
      undefined,
    ]);
    expect(rest).toContainEqual([
      'dynamodb:PutItem',
      expect.anything(),
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['NOTIFICATIONS'] } },
    ]);
    expect(rest.map(([actions]) => actions)).toContain('sqs:SendMessage');
  });
});

describe.each(['notify-alarm', 'notify-rollback'])('%s', (name) => {
  it('publishes on the topic and remembers what it told, and may do nothing else with the registry', () => {
    const statements = statementsOf(named(name));
    const registry = statements.filter(({ Action }) => JSON.stringify(Action).includes('dynamodb:'));
    expect(registry).toMatchObject([
      {
        Action: 'dynamodb:PutItem',
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['NOTIFICATIONS'] } },
      },
    ]);
    expect(statements).toContainEqual(
      expect.objectContaining({ Action: 'sns:Publish', Resource: { Ref: topic?.id } }),
    );
  });
});
