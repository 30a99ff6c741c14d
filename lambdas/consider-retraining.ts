import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { EventBus } from '#adapters/eventbridge/event-bus.ts';
import { StepFunctionsExecutions } from '#adapters/stepfunctions/step-functions-executions.ts';
import { LoopEvent, triggersOf } from '#core/retrain/trigger-of.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { considerRetraining, type RetrainingPorts } from '#lib/pipelines/consider-retraining.ts';
import { pauseAtRandom } from '#lib/pipelines/pause-at-random.ts';
import { parseInput, SpecPointer } from './shared/payloads.ts';
import { once, registry, store, variable } from './shared/resources.ts';
import { readSpec } from './shared/specs.ts';
import { tellPeople } from './shared/tell-people.ts';

const Input = z.intersection(z.object({ spec: SpecPointer }), LoopEvent);

const executionsOf = (pipeline: string) =>
  new StepFunctionsExecutions(new SFNClient({}), variable('ENVIRONMENT'), variable('STATES_ARN'), pipeline);

const ports = once(
  (): RetrainingPorts => ({
    registry: registry(),
    store: store(),
    events: new EventBus(new EventBridgeClient({}), variable('BUS_NAME')),
    executions: {
      'retrain-model': executionsOf('retrain-model'),
      'train-model': executionsOf('train-model'),
      'deploy-model': executionsOf('deploy-model'),
    },
    people: { tell: tellPeople },
    pause: pauseAtRandom,
  }),
);

/** Takes in what happened to a model, and moves its loop of training again on as far as things are. */
export const handler = async (event: unknown): Promise<void> => {
  const { spec, ...happened } = parseInput(Input, event);
  const model = await readSpec<ModelSpec>(spec);
  await considerRetraining(ports(), {
    model,
    specHash: spec.sha256,
    codeVersion: variable('CODE_VERSION'),
    triggers: triggersOf(happened),
    // Not the event's time, which is cut to the second: what it tells of may be later.
    asOf: new Date().toISOString(),
    pace: Number(variable('PACE')),
  });
};
