import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { InvalidInputError, NotFoundError } from '#core/errors.ts';
import { fromIssue } from '#core/spec/parse-spec.ts';
import { PROJECT_ROOT } from '../project-root.ts';

/** Where a deployment is and how to reach it; written by every deploy, in AWS and on this machine. */
const Outputs = z.object({
  environment: z.string(),
  /** Address of the AWS APIs; null for AWS itself. */
  endpoint: z.string().nullable(),
  region: z.string(),
  apiUrl: z.string(),
  incomingBucket: z.string(),
  storeBucket: z.string(),
  registryTable: z.string(),
  busName: z.string(),
  alarmTopic: z.string(),
  /** Names of the datasets that take drops. */
  datasets: z.array(z.string()),
  /** Name -> ARN: `ingest-dataset`, `replay-predictions`, `<model>-train-model`, `<model>-score-batch`, ... */
  stateMachines: z.record(z.string(), z.string()),
  /** Model -> name of its drift alarm. */
  alarms: z.record(z.string(), z.string()),
  /** Only for an emulator, which has users of its own. @default the caller's own AWS credentials */
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }).optional(),
});
export type Outputs = z.output<typeof Outputs>;

export const OUTPUTS_FILE = join(PROJECT_ROOT, '.leeboard/outputs.json');

/**
 * @throws NotFoundError when nothing was deployed from here
 * @throws InvalidInputError when the file is of another version of Leeboard
 */
export function readOutputs(file: string = OUTPUTS_FILE): Outputs {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new NotFoundError(
      `nothing is deployed from here (${file} does not exist): run "npm start" or "npm run deploy"`,
    );
  }
  const parsed = Outputs.safeParse(parseJson(text), { reportInput: true });
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => fromIssue(issue));
    throw new InvalidInputError(
      problems.map((problem) => ({ ...problem, field: `${file}, ${problem.field || 'top level'}` })),
    );
  }
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function writeOutputs(outputs: Outputs, file: string = OUTPUTS_FILE): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, `${JSON.stringify(outputs, null, 2)}\n`);
  renameSync(`${file}.tmp`, file);
}

/** Client settings that reach a deployment. */
export function clientConfig({
  endpoint,
  region,
  credentials,
}: Pick<Outputs, 'endpoint' | 'region' | 'credentials'>) {
  return { region, ...(endpoint && { endpoint }), ...(credentials && { credentials: { ...credentials } }) };
}

/** `TrainModel` -> `train-model`. */
const kebab = (name: string) => name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();

/** Reads the outputs of an environment's stacks. @throws NotFoundError when it is not deployed */
export async function collectOutputs(
  environment: string,
  access: Pick<Outputs, 'endpoint' | 'region' | 'credentials'>,
): Promise<Outputs & { apiId: string }> {
  const { CloudFormation } = await import('@aws-sdk/client-cloudformation');
  const { Stacks: stacks = [] } = await new CloudFormation(clientConfig(access)).describeStacks({});
  const prefix = `Leeboard-${environment}`;
  const valuesOf = (stack: (typeof stacks)[number]) =>
    Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
    );
  const platform = stacks.find(({ StackName }) => StackName === prefix);
  if (!platform)
    throw new NotFoundError(`stack ${prefix} does not exist in ${access.region}: deploy it first`);
  const values = valuesOf(platform);
  const stateMachines: Record<string, string> = { 'ingest-dataset': values.StateMachineIngestDataset ?? '' };
  if (values.StateMachineReplayPredictions)
    stateMachines['replay-predictions'] = values.StateMachineReplayPredictions;
  const alarms: Record<string, string> = {};
  for (const stack of stacks.filter(({ StackName }) => StackName?.startsWith(`${prefix}-`))) {
    const model = (stack.StackName ?? '').slice(prefix.length + 1);
    const own = valuesOf(stack);
    for (const [key, arn] of Object.entries(own)) {
      const [, machine] = /^StateMachine(\w+)$/.exec(key) ?? [];
      if (machine) stateMachines[`${model}-${kebab(machine)}`] = arn;
    }
    if (own.DriftAlarm) alarms[model] = own.DriftAlarm;
  }
  return {
    environment,
    ...access,
    apiUrl: values.ApiUrl ?? '',
    apiId: values.ApiId ?? '',
    incomingBucket: values.IncomingBucket ?? '',
    storeBucket: values.StoreBucket ?? '',
    registryTable: values.RegistryTable ?? '',
    busName: values.BusName ?? '',
    alarmTopic: values.AlarmTopic ?? '',
    datasets: Object.keys(values)
      .filter((key) => /^Dataset\d+$/.test(key))
      .map((key) => values[key] as string)
      .sort(),
    stateMachines,
    alarms,
  };
}
