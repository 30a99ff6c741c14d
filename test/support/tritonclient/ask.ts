import { join } from 'node:path';
import { pinnedEnvironment } from '#local/engines/pinned-environment.ts';
import { run } from '#local/run.ts';
import { root, workDirectory } from '#local/work-directory.ts';

const HERE = join(root, 'test/support/tritonclient');

export interface TritonQuestions {
  /** `host:port` of a server that needs no signature. */
  readonly url: string;
  readonly model: string;
  /** A version that is asked for by name. */
  readonly version: number;
  /** The caller's name for each request. */
  readonly id: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export interface TritonAnswer {
  readonly id: string;
  readonly version: string;
  readonly predictionId: string;
  readonly outputs: Readonly<
    Record<string, { readonly datatype: string; readonly data: readonly unknown[] }>
  >;
}

export interface TritonRefusal {
  readonly status: string;
  readonly message: string;
}

/** What Python's `tritonclient[http]`, as NVIDIA ships it, got; see `ask.py`. */
export interface TritonAnswers {
  readonly live: boolean;
  readonly ready: boolean;
  readonly modelReady: boolean;
  readonly versionReady: boolean;
  readonly unknownReady: readonly [model: boolean, version: boolean];
  readonly server: unknown;
  readonly model: { readonly inputs: readonly { readonly name: string; readonly datatype: string }[] };
  readonly versionsOfPinned: readonly string[];
  readonly answers: Readonly<
    Record<'binary' | 'json' | 'mixed' | 'gzip' | 'deflate' | 'pinned', TritonAnswer>
  > & { readonly concurrent: readonly unknown[] };
  readonly refusals: Readonly<
    Record<
      'model' | 'version' | 'input' | 'datatype' | 'value' | 'output' | 'classification',
      TritonRefusal | null
    >
  >;
}

/** Asks a server everything that `ask.py` asks. */
export async function askTriton(questions: TritonQuestions): Promise<TritonAnswers> {
  const python = await pinnedEnvironment(
    join(HERE, 'requirements.txt'),
    join(workDirectory, 'tritonclient-venv'),
  );
  return JSON.parse(await run(python, [join(HERE, 'ask.py')], { input: JSON.stringify(questions) }));
}
