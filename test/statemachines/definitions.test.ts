import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as errors from '#core/errors.ts';
import { deploymentChanged } from '#core/registry/deployment-event.ts';
import { PROJECT_ROOT } from '#lib/project-root.ts';
import { prod, type Resource } from '../stacks/synthesize.ts';

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Arguments?: {
    FunctionName?: string;
    Entries?: readonly { DetailType: string; Detail: object | string }[];
  };
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly { ErrorEquals: string[]; MaxAttempts: number; JitterStrategy?: string }[];
  readonly Catch?: readonly { ErrorEquals: string[]; Next: string; Assign?: object }[];
  readonly Next?: string;
  readonly Error?: string;
  readonly ItemProcessor?: Definition;
  readonly Default?: string;
  readonly Choices?: readonly { Condition: string; Next: string }[];
}
interface Definition {
  readonly QueryLanguage?: string;
  readonly States: Readonly<Record<string, State>>;
}

const folder = join(PROJECT_ROOT, 'statemachines');
const definitions = readdirSync(folder)
  .filter((file) => file.endsWith('.asl.json'))
  .map((file) => ({
    name: file.replace('.asl.json', ''),
    definition: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Definition,
  }));
const kebab = (name: string) => name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
const calledBy = (state: State) => state.Arguments?.FunctionName?.replace(/^\$\{(\w+)Arn\}$/, '$1') ?? '';

/** All states, those inside Map states too. */
const statesOf = ({ States }: Definition): [string, State][] =>
  Object.entries(States).flatMap(([name, state]) => [
    [name, state],
    ...(state.ItemProcessor ? statesOf(state.ItemProcessor) : []),
  ]);

/** The Fail state that a failed run comes to. */
function failureAfter({ States }: Definition, name = ''): State | undefined {
  const state = States[name];
  const failed = state?.Choices?.find(({ Condition }) => Condition.includes("'failed'"));
  return state === undefined || state.Type === 'Fail'
    ? state
    : failureAfter({ States }, failed?.Next ?? state.Next);
}

/** Errors that Step Functions, Lambda, the AWS SDK and Node.js name. */
const FOREIGN =
  /^(States\.\w+|Lambda\.\w+|StepFunctions\.\w+|ThrottlingException|ProvisionedThroughputExceededException|RequestLimitExceeded|InternalServerError|InternalError|ServiceUnavailable|SlowDown|TimeoutError|Runtime\.ExitError)$/;

describe.each(definitions)('$name', ({ name, definition }) => {
  const states = statesOf(definition);
  const tasks = states.filter(([, { Type }]) => Type === 'Task');
  const calls = tasks.filter(([, { Resource }]) => Resource === 'arn:aws:states:::lambda:invoke');
  const services = tasks.filter(([, { Resource }]) => Resource !== 'arn:aws:states:::lambda:invoke');

  it('is written in JSONata and named as its file', () => {
    expect(definition.QueryLanguage).toBe('JSONata');
    expect(name).toMatch(/^[a-z]+-[a-z]+$/);
  });

  it('calls functions that exist, by the name that the state and the file share', () => {
    for (const [state, { Arguments }] of calls) {
      const called = calledBy({ Type: 'Task', Arguments: Arguments ?? {} });
      expect(existsSync(join(PROJECT_ROOT, 'lambdas', `${kebab(called)}.ts`)), `${state} -> ${called}`).toBe(
        true,
      );
      // RecordRun has a state for each outcome: RecordSuccess, RecordFailure, RecordRefusal.
      const [verb] = kebab(called).split('-');
      if (state !== called) expect(kebab(state), state).toMatch(new RegExp(`^${verb}-`));
    }
  });

  it('tries again when a service is throttled or fails, with jitter', () => {
    for (const [state, { Retry = [] }] of calls) {
      const retried = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
      expect(retried, state).toEqual(
        expect.arrayContaining([
          'Lambda.TooManyRequestsException',
          'Lambda.ServiceException',
          'Lambda.AWSLambdaException',
          'Lambda.SdkClientException',
          'ThrottlingException',
          'ProvisionedThroughputExceededException',
          'InternalServerError',
          'SlowDown',
          'TimeoutError',
          'UnreachableError',
        ]),
      );
    }
    for (const [state, { Retry = [] }] of services)
      expect(Retry[0]?.ErrorEquals, state).toEqual(['States.TaskFailed', 'States.Timeout']);
    for (const [state, { Retry = [] }] of tasks)
      for (const { ErrorEquals, JitterStrategy, MaxAttempts } of Retry) {
        expect(JitterStrategy, state).toBe('FULL');
        // A function that crashed may crash again: once is enough.
        expect(MaxAttempts, state).toBeGreaterThanOrEqual(ErrorEquals.includes('Runtime.ExitError') ? 1 : 5);
      }
  });

  it('never waits for ever', () => {
    for (const [state, { TimeoutSeconds }] of tasks) expect(TimeoutSeconds, state).toBeGreaterThan(0);
  });

  it('ends every failure with RunFailed and the error that caused it', () => {
    for (const [state, { Catch = [], Next }] of tasks) {
      const [handler] = Catch.filter(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'));
      if (state === 'PublishRunFailed') {
        expect(failureAfter(definition, Next)?.Error).toBe('{% $failure.Error %}');
        expect(handler?.Next).toBe(Next);
      } else if (state === 'EndTraining') {
        expect(handler?.Next).toBe(Next);
      } else if (state === 'RunTrial') {
        expect(definition.States.SearchTrials?.ItemProcessor?.States[handler?.Next ?? '']?.Type).toBe('Pass');
      } else if (state === 'ProfilePart') {
        expect(definition.States.ProfileParts?.ItemProcessor?.States[handler?.Next ?? '']).toMatchObject({
          Type: 'Fail',
          Error: '{% $failure.Error %}',
        });
      } else if (state === 'ScoreChunk') {
        expect(handler?.Next).toBe('RecordChunkFailure');
      } else if (state === 'RecordChunkFailure') {
        expect([handler?.Next, Next]).toEqual(['FailChunk', 'FailChunk']);
      } else if (state === 'RecordFailure') {
        expect([handler?.Next, Next]).toEqual(['PublishRunFailed', 'PublishRunFailed']);
      } else {
        const recorded = 'RecordFailure' in definition.States ? 'RecordFailure' : 'PublishRunFailed';
        expect(handler?.Next, state).toBe(recorded);
        expect(handler?.Assign, state).toEqual({ failure: '{% $states.errorOutput %}' });
      }
    }
  });

  it('ends with RunFailed when a Distributed Map fails', () => {
    for (const [state, { Type, ItemProcessor, Catch = [] }] of states) {
      if (Type !== 'Map' || !JSON.stringify(ItemProcessor).includes('DISTRIBUTED')) continue;
      const recorded = 'RecordFailure' in definition.States ? 'RecordFailure' : 'PublishRunFailed';
      expect(Catch, state).toEqual([
        { ErrorEquals: ['States.ALL'], Assign: { failure: '{% $states.errorOutput %}' }, Next: recorded },
      ]);
    }
  });

  it('tells the bus of a deployment all that the event promises', () => {
    const promised = Object.keys(
      deploymentChanged({
        model: '',
        rev: 0,
        at: '',
        by: '',
        action: 'promote',
        from: null,
        to: null,
        reason: '',
      }),
    );
    const entries = services.flatMap(([, { Arguments }]) => Arguments?.Entries ?? []);
    for (const { DetailType, Detail } of entries)
      if (DetailType === 'DeploymentChanged' && typeof Detail === 'object')
        expect(Object.keys(Detail).sort()).toEqual(promised.sort());
  });

  it('names no error that nobody throws', () => {
    const ours = Object.keys(errors);
    const named = tasks.flatMap(([, { Retry = [], Catch = [] }]) => [...Retry, ...Catch]);
    for (const error of named.flatMap(({ ErrorEquals }) => ErrorEquals))
      if (!FOREIGN.test(error)) expect(ours).toContain(error);
  });
});

it('judges a retraining again when the function died: a model that drifts is not given up for that', () => {
  const { definition } = definitions.find(({ name }) => name === 'retrain-model') ?? {};
  const retried = definition?.States.JudgeRetraining?.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals);
  expect(retried).toContain('Runtime.ExitError');
});

describe('deployed state machines', () => {
  const functions = new Map(
    prod.all('AWS::Lambda::Function').map(({ Properties }) => [Properties.FunctionName, Properties]),
  );
  const machines = prod
    .all('AWS::StepFunctions::StateMachine')
    .map((machine) => ({ name: machine.Properties.StateMachineName, machine }));
  const definitionOf = ({ Properties }: Resource): Definition => JSON.parse(Properties.DefinitionString);
  const statementsOf = ({ Properties }: Resource): { Action: string | string[]; Resource: unknown }[] => {
    const role = Properties.RoleArn['Fn::GetAtt'][0];
    return prod
      .all('AWS::IAM::Policy')
      .filter((policy) => policy.Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
      .flatMap((policy) => policy.Properties.PolicyDocument.Statement);
  };
  const granted = (machine: Resource, action: string) =>
    statementsOf(machine)
      .filter(({ Action }) => [Action].flat().includes(action))
      .flatMap(({ Resource }) => [Resource].flat())
      .map((resource) => JSON.stringify(resource))
      .sort();
  const values = ({ Properties }: Resource): Record<string, unknown> => Properties.DefinitionSubstitutions;

  it.each(machines)('$name may call exactly the functions that its definition names', ({ machine }) => {
    const named = new Set(
      statesOf(definitionOf(machine))
        .map(([, state]) => calledBy(state))
        .filter(Boolean)
        .map((state) => JSON.stringify(values(machine)[`${state}Arn`])),
    );
    expect(named.size).toBeGreaterThan(0);
    expect(granted(machine, 'lambda:InvokeFunction')).toEqual([...named].sort());
  });

  it.each(machines)('$name may publish to our bus alone', ({ machine }) => {
    const [bus, ...others] = granted(machine, 'events:PutEvents');
    expect(others).toEqual([]);
    expect(bus).toMatch(/StorageBus/);
  });

  it.each(machines)('$name has a value for every placeholder and no other', ({ machine }) => {
    const placeholders = new Set(machine.Properties.DefinitionString.match(/(?<=\$\{)\w+(?=\})/g));
    expect(Object.keys(values(machine)).sort()).toEqual([...placeholders].sort());
  });

  it.each(machines)('$name waits longer than its functions run', ({ machine }) => {
    for (const [name, state] of statesOf(definitionOf(machine))) {
      const handler = kebab(calledBy(state));
      if (!handler) continue;
      const own = [...functions].filter(([fullName]) => fullName.endsWith(`-${handler}`));
      expect(own, name).toHaveLength(1);
      expect(state.TimeoutSeconds, name).toBeGreaterThan(own[0]?.[1].Timeout);
    }
  });
});
