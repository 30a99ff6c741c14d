import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { clientConfig, collectOutputs, type Outputs, writeOutputs } from '#lib/client/outputs.ts';
import { cdk } from './cdk.ts';
import type { Emulator } from './emulator.ts';
import { root, workDirectory } from './work-directory.ts';

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';
/** The emulator's administrator. */
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
/** What the stacks are made of; the command line and its client are not. */
const SOURCES = [
  'bin/bundle.ts',
  'bin/leeboard.ts',
  ...['adapters', 'constructs', 'core', 'pipelines', 'ports', 'stacks'].map((name) => `lib/${name}`),
  ...['code-version.ts', 'load-specs.ts', 'project-root.ts'].map((name) => `lib/${name}`),
  ...['lambdas', 'statemachines', 'datasets', 'models', 'cdk.json', 'package-lock.json'],
];

export interface LocalDeployment {
  readonly outputs: Outputs;
  /** Whether the stacks were there already, made of the same sources. */
  readonly reused: boolean;
  /** Remembers what was deployed, for the next start; call it when the emulator has had time to save. */
  remember(): Promise<void>;
}

export interface LocalDeployOptions {
  /** Folder with `datasets/` and `models/`. @default the project itself */
  readonly project?: string;
  /** As `-c webhooks=` takes it. @default none */
  readonly webhooks?: string;
  /** By what waits and schedules are divided. @default the local environment's own */
  readonly pace?: number;
  /**
   * NODE_OPTIONS of `cdk`: those of a driven clock, when the emulator has one. With another time than the emulator's the
   * AWS SDK takes each refusal for a wrong clock, and asks seven times, a minute long.
   */
  readonly nodeOptions?: string;
  /** Where the assembly goes. @default cdk.out */
  readonly assembly?: string;
  /** Where the outputs go. @default .leeboard/outputs.json */
  readonly outputsFile?: string;
  /** Where it is remembered what was deployed. @default .leeboard/state/deployed */
  readonly memory?: string;
}

/**
 * Synthesizes the stacks; independent of an emulator, so it can run while one starts.
 * @returns the hash of everything the stacks are made of
 */
export async function synthesize(options: LocalDeployOptions = {}): Promise<string> {
  const sources = await hashSources(options);
  if ((await recall(options)) === sources) return sources;
  const { project, webhooks, pace, assembly = join(root, 'cdk.out') } = options;
  const context = [
    '-c',
    'environment=local',
    ...(project ? ['-c', `project=${relative(root, project)}`] : []),
    ...(webhooks ? ['-c', `webhooks=${webhooks}`] : []),
    ...(pace ? ['-c', `pace=${pace}`] : []),
  ];
  // CloudFormation's own rules take most of the time of a synth; `npm run check` applies them.
  const environment = { ...process.env, CDK_VALIDATION: 'false' };
  await cdk(['synth', '--quiet', '--output', assembly, ...context], { environment });
  return sources;
}

/** Deploys the synthesized stacks to an emulator with the unmodified `cdk`, unless they are there already. */
export async function deployLocally(
  { endpoint }: Pick<Emulator, 'endpoint'>,
  sources: Promise<string>,
  options: LocalDeployOptions = {},
): Promise<LocalDeployment> {
  const access = { endpoint, region: REGION, credentials: CREDENTIALS };
  const stacks = await stackNames(access);
  const reused = (await recall(options)) === (await hashSources(options)) && stacks.has('Leeboard-local');
  if (!reused) {
    const { assembly = join(root, 'cdk.out'), nodeOptions } = options;
    const environment = {
      ...localEnvironment(endpoint),
      ...(nodeOptions && { NODE_OPTIONS: nodeOptions }),
    };
    if (!stacks.has('CDKToolkit')) await bootstrap(environment);
    await sources;
    await cdk(['deploy', '--app', assembly, '--all', '--require-approval', 'never', '--concurrency', '2'], {
      environment,
    });
  }
  const { apiId, ...collected } = await collectOutputs('local', access);
  // The name that CloudFormation gives the API does not resolve on every machine.
  const outputs = { ...collected, apiUrl: `${endpoint}/_aws/execute-api/${apiId}/$default` };
  writeOutputs(outputs, options.outputsFile);
  const deployed = await sources;
  return { outputs, reused, remember: () => writeFile(memoryOf(options), deployed) };
}

/** Variables with which AWS tools reach the emulator, and nothing but it. */
export function localEnvironment(endpoint: string): NodeJS.ProcessEnv {
  const { AWS_PROFILE: _, AWS_SESSION_TOKEN: __, ...rest } = process.env;
  return {
    ...rest,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    CDK_DEFAULT_ACCOUNT: ACCOUNT,
    CDK_DEFAULT_REGION: REGION,
  };
}

/** From an empty folder: beside our cdk.json it would synthesize the app first. */
async function bootstrap(environment: NodeJS.ProcessEnv): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'leeboard-bootstrap-'));
  try {
    await cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], { environment, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function stackNames(access: Parameters<typeof clientConfig>[0]): Promise<Set<string>> {
  const { Stacks = [] } = await new CloudFormationClient(clientConfig(access)).send(
    new DescribeStacksCommand({}),
  );
  const complete = Stacks.filter(({ StackStatus }) => StackStatus?.endsWith('_COMPLETE'));
  return new Set(complete.map(({ StackName }) => StackName ?? ''));
}

const memoryOf = ({ memory = join(workDirectory, 'state/deployed') }: LocalDeployOptions) => memory;

async function recall(options: LocalDeployOptions): Promise<string | undefined> {
  return readFile(memoryOf(options), 'utf8').catch(() => undefined);
}

async function hashSources({ project }: LocalDeployOptions): Promise<string> {
  const hash = createHash('sha256');
  const sources = [
    ...SOURCES.map((name) => join(root, name)),
    ...(project ? [project] : []),
    ...layerStamps(),
  ];
  for (const source of sources) {
    for (const file of await filesOf(source))
      hash
        .update(file)
        .update('\0')
        .update(await readFile(file))
        .update('\0');
  }
  return hash.digest('hex');
}

function layerStamps(): string[] {
  return [join(workDirectory, 'layers', `${process.platform}-${process.arch}`, 'stamp')];
}

async function filesOf(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [path];
    throw error;
  }
}
