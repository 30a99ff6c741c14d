import { existsSync } from 'node:fs';
import { SetUpError } from '../set-up-error.ts';

/** Where the engines run: npm's names, `<os>-<cpu>`. Linux means glibc 2.28 or newer. */
export type Platform = keyof typeof PLATFORMS;

/** The wheel that carries libxgboost for a platform, and where the library lies in it. */
export const PLATFORMS = {
  'linux-x64': { wheel: 'xgboost-cpu', tag: 'manylinux_2_28_x86_64', library: 'xgboost/lib/libxgboost.so' },
  'linux-arm64': {
    wheel: 'xgboost-cpu',
    tag: 'manylinux_2_28_aarch64',
    library: 'xgboost/lib/libxgboost.so',
  },
  'darwin-arm64': { wheel: 'xgboost', tag: 'macosx_12_0_arm64', library: 'xgboost/lib/libxgboost.dylib' },
  'darwin-x64': { wheel: 'xgboost', tag: 'macosx_10_15_x86_64', library: 'xgboost/lib/libxgboost.dylib' },
} as const;

/**
 * The platform of this machine.
 * @throws SetUpError on a system for which no engines are published
 */
export function hostPlatform(
  os: string = process.platform,
  cpu: string = process.arch,
  glibc: string | null = glibcVersion(),
): Platform {
  const name = `${os}-${cpu}`;
  if (!isPlatform(name)) {
    throw new SetUpError(
      `the engines need ${Object.keys(PLATFORMS).join(', ')}, got ${name}: use WSL, a container or a virtual machine`,
    );
  }
  if (os === 'linux' && glibc === null) {
    throw new SetUpError(
      'the engines need a Linux with glibc 2.28 or newer, got one without glibc (Alpine?)',
    );
  }
  return name;
}

/** Where the macOS build of libxgboost looks for OpenMP; its wheel does not bring it, unlike the Linux one. */
const OPENMP: Partial<Record<Platform, string>> = {
  'darwin-arm64': '/opt/homebrew/opt/libomp/lib/libomp.dylib',
  'darwin-x64': '/usr/local/opt/libomp/lib/libomp.dylib',
};

/** @throws SetUpError on a Mac without OpenMP's library */
export function requireOpenMp(platform: Platform, exists: (path: string) => boolean = existsSync): void {
  const library = OPENMP[platform];
  if (library === undefined || exists(library)) return;
  throw new SetUpError(
    `XGBoost on macOS needs OpenMP at ${library}, found nothing there: run \`brew install libomp\``,
  );
}

export function isPlatform(name: string): name is Platform {
  return Object.hasOwn(PLATFORMS, name);
}

function glibcVersion(): string | null {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return report?.header?.glibcVersionRuntime ?? null;
}
