import { describe, expect, it } from 'vitest';
import { physicalName } from '#lib/constructs/physical-name.ts';
import { environmentOf } from '#lib/stacks/environment.ts';
import { flightsLate, prod, synthesize } from '../stacks/synthesize.ts';

const environment = environmentOf('prod');
const MACHINES = 'leeboard-prod-*-train-model';

/** States actions of the role whose id starts so -> the resource's name. */
function grantsOf(role: string): Record<string, string> {
  const policies = prod.all('AWS::IAM::Policy').filter(({ id }) => id.startsWith(role));
  const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  return Object.fromEntries(
    statements.flatMap(({ Action, Resource }: { Action: string | string[]; Resource: unknown }) =>
      [Action]
        .flat()
        .filter((action) => action.startsWith('states:'))
        .map((action) => [
          action,
          JSON.stringify(Resource).match(/(stateMachine|execution):[^"]+/)?.[0] ?? '',
        ]),
    ),
  );
}

describe('executions of trainings', () => {
  it.each([
    ['TrainingLeaseTrainingRole', ['DescribeExecution', 'StartExecution']],
    ['TrainingEndTrainingRole', ['DescribeExecution', 'StartExecution']],
    ['ApiControlRunsRole', ['DescribeExecution', 'StartExecution', 'StopExecution']],
    ['ApiDescribeModelsRole', ['DescribeExecution']],
  ])('%s may %j them, and those of no other pipeline', (role, actions) => {
    expect(grantsOf(role)).toEqual(
      Object.fromEntries(
        actions.map((action) => [
          `states:${action}`,
          action === 'StartExecution' ? `stateMachine:${MACHINES}` : `execution:${MACHINES}:*`,
        ]),
      ),
    );
  });

  it('nobody else starts or stops them', () => {
    const able = prod
      .all('AWS::IAM::Policy')
      .filter(({ Properties }) =>
        (Properties.PolicyDocument.Statement as object[])
          .map((statement) => JSON.stringify(statement))
          .some((text) => /states:St(art|op)Execution/.test(text) && text.includes('-train-model')),
      );
    expect(able).toHaveLength(3);
  });

  it("the pattern fits every name that a model's state machine can have", () => {
    const models = ['m', 'm'.repeat(63)].map((name) => ({ ...flightsLate, name }));
    const pattern = new RegExp(`^${MACHINES.replace('*', '.+')}$`);
    for (const { name } of models)
      expect(physicalName(environment, 'train-model', { model: name, limit: 80 })).toMatch(pattern);
    const names = synthesize(environment, models)
      .all('AWS::StepFunctions::StateMachine')
      .map(({ Properties }) => Properties.StateMachineName as string)
      .filter((name) => name.endsWith('-train-model'));
    expect(names.sort()).toEqual(
      models.map(({ name }) => physicalName(environment, 'train-model', { model: name, limit: 80 })).sort(),
    );
  });
});
