import { type ModelManifest, modelPointer } from './bundle.ts';
import type { ObjectPointer } from './records.ts';

type ComparedFile = 'model' | 'signature.json' | 'decision.json' | 'baseline.json';

/** What training a version again gave. */
export interface Reproduction {
  readonly files: Readonly<Record<ComparedFile, Pick<ObjectPointer, 'sha256'>>>;
  readonly codeVersion: string;
  readonly library: { readonly name: string; readonly version: string };
}

/** Whether a version came out the same again. Plain JSON. */
export interface BundleComparison {
  readonly status: 'reproduced' | 'differs';
  readonly files: readonly {
    readonly file: string;
    readonly expected: string;
    readonly got: string;
    readonly same: boolean;
  }[];
  /** For people, a sentence each: what is the same, what differs and what may be why. */
  readonly verdict: readonly string[];
}

/** Compares hashes of everything that training makes; evaluation depends on the champion of its day and is left out. */
export function compareBundle(
  manifest: Pick<ModelManifest, 'version' | 'engine' | 'files' | 'codeVersion' | 'libraries'>,
  { files, codeVersion, library }: Reproduction,
): BundleComparison {
  const kept: Record<ComparedFile, ObjectPointer> = { model: modelPointer(manifest), ...manifest.files };
  const compared = (Object.keys(files) as ComparedFile[]).map((file) => {
    const [expected, got] = [kept[file].sha256, files[file].sha256];
    return { file, expected, got, same: expected === got };
  });
  const differing = compared.filter(({ same }) => !same).map(({ file }) => file);
  const reasons: string[] = [];
  if (manifest.codeVersion !== codeVersion)
    reasons.push(
      `the code is ${codeVersion}, version ${manifest.version} was made by ${manifest.codeVersion}`,
    );
  const engine = manifest.libraries[library.name];
  if (engine !== undefined && engine !== library.version)
    reasons.push(`${library.name} is ${library.version}, version ${manifest.version} was made by ${engine}`);
  return {
    status: differing.length === 0 ? 'reproduced' : 'differs',
    files: compared,
    verdict: [
      differing.length === 0
        ? `every byte of version ${manifest.version} came out the same`
        : `version ${manifest.version} came out differently in ${differing.join(', ')}`,
      ...reasons,
    ],
  };
}
