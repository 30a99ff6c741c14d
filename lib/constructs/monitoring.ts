import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { LeeboardFunction } from './leeboard-function.ts';

/** What the monitoring of all models shares. */
export class Monitoring extends Construct {
  /** Says in a model's metrics whether a run of its monitoring failed. */
  readonly endMonitoring: LeeboardFunction;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    this.endMonitoring = new LeeboardFunction(this, 'EndMonitoring', {
      environment,
      handler: 'end-monitoring',
      deadLetters: new DeadLetterQueue(this, 'DeadLetters'),
    });
  }
}
