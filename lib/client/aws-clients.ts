import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { clientConfig, type Outputs } from './outputs.ts';

/** The AWS clients of one deployment. Each is loaded when first used: a command starts with what it needs alone. */
export function awsClients(outputs: Outputs) {
  const config = clientConfig(outputs);
  return {
    s3: once(async () => new (await import('@aws-sdk/client-s3')).S3(config)),
    stepFunctions: once(async () => new (await import('@aws-sdk/client-sfn')).SFN(config)),
    logs: once(async () => new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogs(config)),
    cloudWatch: once(async () => new (await import('@aws-sdk/client-cloudwatch')).CloudWatch(config)),
    signer: once(
      async () =>
        new SignatureV4({
          service: 'execute-api',
          region: outputs.region,
          credentials:
            outputs.credentials ?? (await import('@aws-sdk/credential-providers')).fromNodeProviderChain(),
          sha256: Sha256,
        }),
    ),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
