import { execFile } from 'node:child_process';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { installEngines } from '#local/engines/install-engines.ts';

/** What `docker build` would have made, as folders of this machine. */
export interface BuiltImage {
  /** What `/` of the image is here. */
  readonly root: string;
  readonly user: string;
  readonly port: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The entry point and what it is called with by default; paths are this machine's. */
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
}

interface Stage {
  readonly root: string;
  workdir: string;
  readonly environment: Record<string, string>;
  readonly settings: Record<string, string>;
}

/**
 * Runs a Dockerfile's own commands without Docker: a stage is a folder, RUN runs there on this machine's programs, COPY
 * copies from the build context or a stage.
 * @throws for an instruction it does not know, a file that `.dockerignore` keeps out, and a command that fails
 */
export async function buildImage(dockerfile: string, context: string, into: string): Promise<BuiltImage> {
  const { python } = await installEngines(() => {});
  const path = [dirname(python), dirname(process.execPath), process.env.PATH].join(delimiter);
  const allowed = (await readFile(`${dockerfile}.dockerignore`, 'utf8')).split('\n');
  if (allowed[0] !== '*') throw new Error('.dockerignore must begin with *: what is sent is named');
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const line of (await readFile(dockerfile, 'utf8')).split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', text = ''] = /^([A-Z]+) (.+[^\\])$/.exec(line) ?? [];
    if (name === 'FROM') {
      const [image = '', , as = 'image'] = text.split(' ');
      if (!/^(python|node):\d[\w.-]+$/.test(image)) throw new Error(`${image}: must be pinned by its tag`);
      stage = { root: join(into, as), workdir: '/', environment: {}, settings: {} };
      await mkdir(stage.root);
      stages.set(as, stage);
    } else if (!stage) throw new Error(`${name} before FROM`);
    else await run(stage, name, text);
  }
  const image = stages.get('image') as Stage;
  const here = (word: string) => (word.startsWith('/') ? join(image.root, word) : word);
  const words = (text = '[]') => (JSON.parse(text) as string[]).map(here);
  return {
    root: image.root,
    user: image.settings.USER ?? 'root',
    port: image.settings.EXPOSE ?? '',
    environment: Object.fromEntries(
      Object.entries(image.environment).map(([key, value]) => [key, here(value)]),
    ),
    entryPoint: words(image.settings.ENTRYPOINT),
    command: words(image.settings.CMD),
    healthCheck: words(image.settings.HEALTHCHECK?.replace(/^.*? CMD /, '')),
  };

  async function run(current: Stage, name: string, text: string): Promise<void> {
    const folder = join(current.root, current.workdir);
    switch (name) {
      case 'WORKDIR':
        current.workdir = text;
        await mkdir(join(current.root, text), { recursive: true });
        return;
      case 'RUN':
        await promisify(execFile)('sh', ['-ec', text], { cwd: folder, env: { ...process.env, PATH: path } });
        return;
      case 'COPY':
        return copy(folder, text.split(' '));
      case 'ENV': {
        const [key = '', value = ''] = text.split('=', 2);
        current.environment[key] = value;
        return;
      }
      case 'USER':
      case 'EXPOSE':
      case 'LABEL':
      case 'HEALTHCHECK':
      case 'ENTRYPOINT':
      case 'CMD':
        current.settings[name] = text;
        return;
      default:
        throw new Error(`unknown instruction ${name}`);
    }
  }

  async function copy(folder: string, words: string[]): Promise<void> {
    const [, other] = /^--from=(.+)$/.exec(words[0] ?? '') ?? [];
    const from = other === undefined ? context : (stages.get(other)?.root ?? '');
    const sources = words.slice(other === undefined ? 0 : 1, -1);
    const target = join(folder, words.at(-1) as string);
    for (const source of sources) {
      if (other === undefined && !allowed.includes(`!${source}`))
        throw new Error(`${source}: .dockerignore keeps it out`);
      const into = words.at(-1)?.endsWith('/') ? join(target, basename(source)) : target;
      await mkdir(dirname(into), { recursive: true });
      await cp(join(from, source), into, { recursive: true });
    }
  }
}
