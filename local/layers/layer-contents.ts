import type { Platform } from '../engines/platform.ts';

/** npm packages of a layer and the files of each that are loaded at run time, beside package.json and the licence. */
export type NpmContents = Readonly<Record<string, RegExp>>;

export function duckdbContents(platform: Platform): NpmContents {
  return {
    '@duckdb/node-api': /^lib\/.*\.js$/,
    '@duckdb/node-bindings': /^duckdb\.js$/,
    [`@duckdb/node-bindings-${platform}`]: /^(duckdb\.node|libduckdb\.(so|dylib))$/,
  };
}

export function koffiContents(platform: Platform): NpmContents {
  // koffi names the folder of the glibc build like the platform, with _; beside it lies the one for musl.
  const native = platform.replace('-', '_');
  return {
    koffi: /^(index\.cjs|src\/koffi\/index\.cjs|src\/koffi\/src\/static\.cjs)$/,
    [`@koromix/koffi-${platform}`]: new RegExp(`^(index\\.js|${native}/koffi\\.node)$`),
  };
}

/** Always kept: Node needs the first, the authors' terms ask for the second. */
export const ALWAYS = /^(package\.json|LICEN[CS]E(\.\w+)?)$/;
