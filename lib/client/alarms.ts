import type { CloudWatch } from '@aws-sdk/client-cloudwatch';
import type { AlarmState } from './answers.ts';
import type { Outputs } from './outputs.ts';

/** The alarms of a deployment. */
export class Alarms {
  readonly #outputs: Outputs;
  readonly #cloudWatch: () => Promise<Pick<CloudWatch, 'describeAlarms'>>;

  constructor(outputs: Outputs, cloudWatch: () => Promise<Pick<CloudWatch, 'describeAlarms'>>) {
    this.#outputs = outputs;
    this.#cloudWatch = cloudWatch;
  }

  /** Every one, by name. */
  async all(): Promise<AlarmState[]> {
    const cloudWatch = await this.#cloudWatch();
    const found: AlarmState[] = [];
    let token: string | undefined;
    do {
      const page = await cloudWatch.describeAlarms({
        AlarmNamePrefix: `leeboard-${this.#outputs.environment}-`,
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        NextToken: token,
      });
      for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
        found.push({
          alarm: alarm.AlarmName ?? '',
          state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
          // An update may change the reason alone.
          since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.toISOString() ?? '',
          reason: alarm.StateReason ?? '',
          description: alarm.AlarmDescription ?? '',
        });
      }
      token = page.NextToken;
    } while (token);
    return found.sort((a, b) => (a.alarm < b.alarm ? -1 : 1));
  }
}
