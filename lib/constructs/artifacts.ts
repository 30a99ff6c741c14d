import { join } from 'node:path';
import type { Construct } from 'constructs';
import { PROJECT_ROOT } from '../project-root.ts';

/** Where bundled handlers, layers and specs are: `-c artifacts=folder`. @default - the project itself */
export function artifact(scope: Construct, ...path: string[]): string {
  return join(scope.node.tryGetContext('artifacts') ?? PROJECT_ROOT, ...path);
}
