import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALARM_KINDS, alarmName, runbookOf } from '#core/monitor/alarm-names.ts';
import { defineModel } from '#core/spec/model.ts';
import { leeboard } from '#lib/commands/program.ts';
import { PROJECT_ROOT } from '#lib/project-root.ts';
import { environmentOf } from '#lib/stacks/environment.ts';
import { flightsLate, synthesize } from './synthesize.ts';

const MODELS = ['flights-late', 'flights-late-night'];
const stacks = synthesize(
  environmentOf('prod'),
  MODELS.map((name) => ({ ...flightsLate, name })),
);
/** Of one model, by what they are of. */
function alarmsOf(model: string, all = stacks) {
  const found = all
    .all('AWS::CloudWatch::Alarm', `Leeboard-prod-${model}`)
    .map(({ Properties }) => Properties);
  return Object.fromEntries(
    ALARM_KINDS.map((kind) => [
      kind,
      found.find(({ AlarmName }) => AlarmName === alarmName('prod', model, kind)),
    ]),
  );
}
const alarms = alarmsOf('flights-late');
const composites = stacks.all('AWS::CloudWatch::CompositeAlarm').map(({ Properties }) => Properties);

interface Watched {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}
// biome-ignore lint/suspicious/noExplicitAny: a template's properties
const watchedBy = (alarm: any): Watched[] =>
  alarm.MetricName
    ? [alarm]
    : // biome-ignore lint/suspicious/noExplicitAny: a template's properties
      alarm.Metrics.flatMap(({ MetricStat }: any) => (MetricStat ? [MetricStat.Metric] : []));

/** The help of what a line asks the command to do. */
async function helpOf(line: string): Promise<string> {
  const said: string[] = [];
  const terminal = {
    write: (text: string) => said.push(text),
    writeError: () => {},
    colour: false,
    debug: false,
  };
  await leeboard([...line.split(' ').slice(2), '--help'], terminal);
  return said.join('');
}

/** Fails unless the command exists, with its flags. */
async function requireCommand(line: string): Promise<void> {
  const help = await helpOf(line);
  expect(help, line).toMatch(new RegExp(`^Usage: leeboard ${line.split(' ')[2]}\\b`));
  for (const flag of line.match(/--[a-z-]+/g) ?? []) expect(help, line).toContain(flag);
}

describe('the alarms of a model', () => {
  it('are one of each kind, and one that rings with any of them and tells nobody', () => {
    for (const model of MODELS) {
      expect(Object.values(alarmsOf(model))).not.toContain(undefined);
      const own = composites.find(({ AlarmName }) => AlarmName === `leeboard-prod-${model}-attention`);
      const rule = JSON.stringify(own.AlarmRule);
      expect(rule.match(/ALARM\(/g)).toHaveLength(ALARM_KINDS.length);
      const ids = stacks.all('AWS::CloudWatch::Alarm', `Leeboard-prod-${model}`).map(({ id }) => id);
      for (const id of ids) expect(rule).toContain(`"${id}"`);
      expect(own.AlarmActions).toBeUndefined();
    }
  });

  it('each tells people when it rings and when it is over', () => {
    for (const [kind, alarm] of Object.entries(alarms)) {
      expect(alarm.AlarmActions, kind).toHaveLength(1);
      expect(alarm.OKActions, kind).toEqual(alarm.AlarmActions);
    }
  });

  it('each watches its own model and nothing of another', () => {
    for (const model of MODELS) {
      const predict = stacks
        .all('AWS::Lambda::Function', `Leeboard-prod-${model}`)
        .find(({ Properties }) => Properties.FunctionName === `leeboard-prod-${model}-predict`)?.id;
      for (const [kind, alarm] of Object.entries(alarmsOf(model)))
        for (const { Namespace, Dimensions } of watchedBy(alarm))
          expect(Dimensions, `${model} ${kind}`).toEqual(
            Namespace === 'Leeboard'
              ? [
                  { Name: 'Environment', Value: 'prod' },
                  { Name: 'Model', Value: model },
                ]
              : [{ Name: 'FunctionName', Value: { Ref: predict } }],
          );
    }
  });

  it('each watches what somebody puts', () => {
    const folders = ['lambdas', 'lambdas/shared', 'lib/core/monitor', 'lib/pipelines'];
    const sources = folders.flatMap((folder) =>
      readdirSync(join(PROJECT_ROOT, folder))
        .filter((file) => file.endsWith('.ts') && file !== 'metric-names.ts')
        .map((file) => readFileSync(join(PROJECT_ROOT, folder, file), 'utf8')),
    );
    const names = Object.values(alarms)
      .flatMap(watchedBy)
      .filter(({ Namespace }) => Namespace === 'Leeboard')
      .map(({ MetricName }) => MetricName);
    expect(names.length).toBeGreaterThan(7);
    for (const name of names)
      expect(
        sources.some((text) => new RegExp(`\\b${name}\\b['":]`).test(text)),
        name,
      ).toBe(true);
  });

  it('ring at what the model asks for', () => {
    const asked = { psi: 0.3, errors: 0.02, invalid: 0.1, latencyMs: 300, silence: '2 hours', truth: 0.9 };
    const model = defineModel({ ...flightsLate, monitor: asked });
    const own = alarmsOf('flights-late', synthesize(environmentOf('prod'), [model]));
    expect(Object.fromEntries(Object.entries(own).map(([kind, { Threshold }]) => [kind, Threshold]))).toEqual(
      {
        drift: 0.3,
        performance: 0,
        quality: 0.1,
        errors: 0.02,
        latency: 300,
        'no-traffic': 7200,
        'training-failed': 0,
        'monitoring-failed': 0,
        'truth-missing': 0.9,
      },
    );
  });

  it('without news change nothing, but for waiting, which ends when nobody asks', () => {
    const missing = Object.entries(alarms).map(([kind, { TreatMissingData }]) => [kind, TreatMissingData]);
    expect(Object.fromEntries(missing)).toEqual(
      Object.fromEntries(ALARM_KINDS.map((kind) => [kind, kind === 'latency' ? 'notBreaching' : 'ignore'])),
    );
  });

  it('cost less than two dollars a month', () => {
    // Standard alarms $0.10 a metric, composites $0.50: https://aws.amazon.com/cloudwatch/pricing/
    const metrics = Object.values(alarms).flatMap(watchedBy).length;
    expect(0.1 * metrics + 0.5).toBeLessThan(2.01);
  });
});

describe('what an alarm says', () => {
  const told = [...Object.values(alarms), composites[0]];

  it.each(told.map(({ AlarmName, AlarmDescription }) => [AlarmName, AlarmDescription]))(
    '%s: what happened, which page says more, and last a command that exists',
    async (name: string, description: string) => {
      expect(description.length).toBeLessThanOrEqual(1024);
      const kind = name.slice('leeboard-prod-flights-late-'.length);
      expect(description).toContain(runbookOf(kind as 'drift'));
      const page = readFileSync(join(PROJECT_ROOT, runbookOf(kind as 'drift')), 'utf8');
      expect(page).toMatch(new RegExp(`^# ${kind}: `));
      const [command = ''] = description.match(/npx leeboard .*$/) ?? [];
      await requireCommand(command);
    },
  );
});

describe('the runbooks', () => {
  const folder = join(PROJECT_ROOT, 'docs/runbooks');
  const pages = readdirSync(folder);

  it('are a page an alarm, and no other', () => {
    expect(pages.sort()).toEqual([...ALARM_KINDS, 'attention'].map((kind) => `${kind}.md`).sort());
  });

  it.each(pages)(
    '%s says what it means, why, what to do and when to ignore it, with commands that exist',
    async (page) => {
      const text = readFileSync(join(folder, page), 'utf8');
      for (const part of ['What it means', 'How to see why', 'What to do', 'When to ignore it'])
        expect(text).toContain(`**${part}.**`);
      const commands = text.replaceAll('\n', ' ').match(/(?<=`)npx leeboard [^`]+/g) ?? [];
      expect(commands.length).toBeGreaterThan(0);
      for (const command of commands) await requireCommand(command);
    },
  );
});
