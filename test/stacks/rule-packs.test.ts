import { Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { environmentOf } from '#lib/stacks/environment.ts';
import { prod, synthesize } from './synthesize.ts';

const withExtra = (add: (stack: Stack) => void) => () =>
  synthesize(environmentOf('prod'), [], (app) => add(new Stack(app, 'Extra')));

describe('the rule packs', () => {
  it('stop the synthesis of a bucket that takes plain HTTP, and name bucket and rule', () => {
    expect(withExtra((stack) => new Bucket(stack, 'Bad'))).toThrow(
      /does not require requests to use SSL[\s\S]*Extra\/Bad\/Resource[\s\S]*AwsSolutions-S10/,
    );
  });

  it('stop what the Serverless pack alone finds', () => {
    expect(withExtra((stack) => new Queue(stack, 'Bad', { enforceSSL: true }))).toThrow(
      /Serverless-SQSRedrivePolicy/,
    );
  });
});

describe('acknowledged findings', () => {
  const all = prod.app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries<string>(data))
      .map(([rule, reason]) => ({ where: node.path, rule: rule.replace('Annotation::', ''), reason })),
  );

  it('each has a reason: a sentence that says why', () => {
    expect(all.length).toBeGreaterThan(20);
    for (const { where, rule, reason } of all) expect(reason, `${where} ${rule}`).toMatch(/^[A-Z].{20,}\.$/);
  });

  it('are of these rules for these reasons, and of no other', () => {
    const table = new Set(all.map(({ rule, reason }) => `${rule.replace(/\[.*/, '')}: ${reason}`));
    expect([...table].sort()).toMatchInlineSnapshot(`
      [
        "AwsSolutions-IAM5: Each execution has a name of its own.",
        "AwsSolutions-IAM5: Executions of the map have names that Step Functions makes.",
        "AwsSolutions-IAM5: Log delivery, X-Ray and metrics have no resources: their actions take * only.",
        "AwsSolutions-IAM5: Models come after the functions that they share; the pattern fits this pipeline of theirs alone.",
        "AwsSolutions-IAM5: Objects below a prefix have no fixed names.",
        "AwsSolutions-IAM5: Producers choose the names of their drops.",
        "AwsSolutions-IAM5: Specs are named by their hash.",
        "AwsSolutions-IAM5: X-Ray has no resources: xray:PutTraceSegments and PutTelemetryRecords take * only.",
        "AwsSolutions-S1: It is where access logs go; logging it would never end.",
        "AwsSolutions-SQS3: It is the dead-letter queue.",
        "Serverless-EventBusDLQ: A batch whose event is lost says that it is running; it can be resumed and cancelled all the same.",
        "Serverless-EventBusDLQ: A queue of the platform cannot name the rules of its models; what the function fails at has its own.",
        "Serverless-EventBusDLQ: An event that is lost delays those who wait until the next request, which takes over.",
        "Serverless-LambdaAsyncFailureDestination: Called synchronously (Step Functions or API Gateway): its caller sees and handles the failure.",
        "Serverless-LambdaDLQ: Called synchronously (Step Functions or API Gateway): its caller sees and handles the failure.",
        "Serverless-SQSRedrivePolicy: It is the dead-letter queue.",
      ]
    `);
  });
});
