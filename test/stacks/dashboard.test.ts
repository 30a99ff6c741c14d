import { describe, expect, it } from 'vitest';
import { prod } from './synthesize.ts';

const [dashboard] = prod.all('AWS::CloudWatch::Dashboard', 'Leeboard-prod-flights-late');
const body = JSON.stringify(dashboard?.Properties.DashboardBody)
  .replaceAll('\\\\\\"', '"')
  .replaceAll('\\"', '"');

describe('the dashboard of a model', () => {
  it.each(['ConcurrentExecutions', 'Throttles', 'Duration', 'Errors', 'DriftPsi'])('shows %s', (metric) => {
    expect(body).toContain(`"${metric}"`);
  });

  it('shows the executions that run of each of its pipelines: those started less those ended', () => {
    const machines = prod.all('AWS::StepFunctions::StateMachine', 'Leeboard-prod-flights-late');
    const names = machines.map(({ Properties }) =>
      (Properties.StateMachineName as string).replace('leeboard-prod-flights-late-', ''),
    );
    // Monitoring is a moment every hour, and what it found is on the same page.
    for (const name of names.filter((name) => name !== 'monitor-model')) {
      const id = name.replaceAll('-', '_');
      const ended = ['succeeded', 'failed', 'aborted', 'timed_out'].map((what) => `FILL(${id}_${what}, 0)`);
      expect(body).toContain(`RUNNING_SUM(FILL(${id}_started, 0) - ${ended.join(' - ')})`);
    }
    for (const metric of ['Started', 'Succeeded', 'Failed', 'Aborted', 'TimedOut'])
      expect(body).toContain(`"Executions${metric}"`);
  });
});
