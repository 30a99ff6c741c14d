import { existsSync } from 'node:fs';
import { Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { architectureOf, type Environment } from '../stacks/environment.ts';
import { artifact } from './artifacts.ts';

/** DuckDB and libxgboost with koffi, as layers for the environment's platform. */
export class Engines extends Construct {
  readonly duckdb: LayerVersion;
  readonly xgboost: LayerVersion;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const layer = (name: string, description: string) => {
      const zip = artifact(this, '.leeboard/layers', environment.platform, `${name}.zip`);
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
      });
    };
    this.duckdb = layer('duckdb', 'DuckDB for Node.js');
    this.xgboost = layer('xgboost', 'libxgboost with koffi');
  }
}
