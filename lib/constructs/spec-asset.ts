import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, DefaultStackSynthesizer } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { artifact } from './artifacts.ts';
import { allow } from './grants.ts';

/** A spec as a content-hashed object in S3; its SHA-256 is the spec's version. */
export class SpecAsset extends Construct {
  readonly sha256: string;
  readonly #asset: Asset;

  constructor(scope: Construct, id: string, spec: unknown) {
    super(scope, id);
    const json = canonicalJson(spec);
    this.sha256 = createHash('sha256').update(json).digest('hex');
    const folder = artifact(this, 'dist/specs');
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${this.sha256}.json`);
    writeFileSync(path, json);
    this.#asset = new Asset(this, 'Asset', { path });
  }

  get bucket(): string {
    return this.#asset.s3BucketName;
  }

  get key(): string {
    return this.#asset.s3ObjectKey;
  }

  /** For a function that reads one spec. */
  get variables(): Record<string, string> {
    return { SPEC_BUCKET: this.bucket, SPEC_KEY: this.key, SPEC_SHA256: this.sha256 };
  }

  grantRead(grantee: IGrantable): void {
    allow(grantee, ['s3:GetObject'], [`${this.#asset.bucket.bucketArn}/${this.key}`]);
  }
}

/** Lets `grantee` read any model's spec: they are assets of stacks that do not exist yet, their bucket is known. */
export function allowReadSpecs(grantee: IGrantable): void {
  const bucket = `cdk-${DefaultStackSynthesizer.DEFAULT_QUALIFIER}-assets-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
  allow(
    grantee,
    ['s3:GetObject'],
    [`arn:${Aws.PARTITION}:s3:::${bucket}/*.json`],
    'Specs are named by their hash.',
  );
}
