import { randomUUID } from 'node:crypto';
import { SFNClient } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, it } from 'vitest';
import { StepFunctionsExecutions } from '#adapters/stepfunctions/step-functions-executions.ts';
import { NotFoundError } from '#core/errors.ts';
import { physicalName } from '#lib/constructs/physical-name.ts';
import { environmentOf } from '#lib/stacks/environment.ts';
import { createMachine, settings } from './emulated.ts';

const LONG = 'a-model-with-a-name-as-long-as-a-name-may-be-and-not-a-bit-less';
const executions = new StepFunctionsExecutions(
  new SFNClient(settings),
  'local',
  'arn:aws:states:us-east-1:000000000000',
);

/** As the stack names it. */
const machineOf = (model: string) =>
  physicalName(environmentOf('local'), 'train-model', { model, limit: 80 });

describe.each(['flights-late', LONG])('the executions of %s', (model) => {
  beforeAll(() => createMachine(machineOf(model)));

  it('start once a name, are found while they run, and are stopped', async () => {
    const execution = randomUUID();
    expect(await executions.find(model, execution)).toBeUndefined();
    const before = Date.now();
    expect(await executions.start(model, { execution, input: { by: 'anna' } })).toBe(true);
    const found = await executions.find(model, execution);
    expect(found).toMatchObject({ state: 'running', by: 'anna' });
    expect(Math.abs(Date.parse(found?.startedAt ?? '') - before)).toBeLessThan(60_000);
    expect(await executions.start(model, { execution, input: { by: 'bert' } })).toBe(false);
    expect(await executions.start(model, { execution, input: { by: 'anna' } })).toBe(true);
    expect(await executions.find(model, execution)).toEqual(found);
    await executions.stop(model, execution, 'cancelled by anna');
    expect((await executions.find(model, execution))?.state).toBe('ended');
    expect(await executions.start(model, { execution, input: { by: 'anna' } })).toBe(false);
  });

  it('that do not run are stopped without a word', async () => {
    const execution = randomUUID();
    await executions.stop(model, execution, 'never started');
    await executions.start(model, { execution, input: {} });
    await executions.stop(model, execution, 'once');
    await executions.stop(model, execution, 'twice');
    expect(await executions.find(model, execution)).toMatchObject({ state: 'ended', by: 'unknown' });
  });
});

it('a model that is not deployed has no executions', async () => {
  const start = executions.start('nobody', { execution: 'e', input: {} });
  await expect(start).rejects.toThrow(NotFoundError);
  await expect(start).rejects.toThrow('no model named "nobody" is deployed');
  expect(await executions.find('nobody', 'e')).toBeUndefined();
});

it('an execution that failed has the name of its error', async () => {
  await createMachine(machineOf('failing'), {
    Type: 'Fail',
    Error: 'NotFoundError',
    Cause: 'no such decision',
  });
  await executions.start('failing', { execution: 'e', input: {} });
  await expect
    .poll(() => executions.find('failing', 'e'), { timeout: 20_000 })
    .toMatchObject({ state: 'ended', error: 'NotFoundError' });
});
