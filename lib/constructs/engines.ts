import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { PROJECT_ROOT } from '../project-root.ts';
import { architectureOf, type Environment, removalPolicy } from '../stacks/environment.ts';

/** DuckDB and libxgboost with koffi, as layers for the environment's platform. */
export class Engines extends Construct {
  readonly duckdb: LayerVersion;
  readonly xgboost: LayerVersion;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const layer = (name: string, description: string) => {
      const zip = join(PROJECT_ROOT, '.leeboard/layers', environment.platform, `${name}.zip`);
      if (!existsSync(zip)) {
        throw new Error(
          `layer ${name} for ${environment.platform} must be at ${zip}, got nothing: run "npm run engines"`,
        );
      }
      return new LayerVersion(this, name, {
        layerVersionName: `leeboard-${environment.name}-${name}`,
        description,
        code: Code.fromAsset(zip),
        compatibleArchitectures: [architectureOf(environment)],
        removalPolicy: removalPolicy(environment),
      });
    };
    this.duckdb = layer('duckdb', 'DuckDB for Node.js');
    this.xgboost = layer('xgboost', 'libxgboost with koffi');
  }
}
