import type { RunStep } from './records.ts';

/** US dollars a GB-second: x86, us-east-1, list price of 2026 without the free tier and volume discounts. */
const USD_PER_GB_SECOND = 0.0000166667;
/** US dollars a request, same place and time: 0.20 a million. */
const USD_PER_REQUEST = 0.0000002;
/** No function runs longer: a step that seems to was timed by a clock that jumped. */
const LONGEST_MS = 900_000;

/**
 * What the functions of a run cost, US dollars: sum(memory in GiB * seconds) * price + one request a step. Leaves
 * out what is not Lambda (state transitions, S3, DynamoDB), and retries that a step does not report.
 * Source: aws.amazon.com/lambda/pricing.
 */
export function lambdaCost(steps: readonly Pick<RunStep, 'startedAt' | 'finishedAt' | 'memoryMb'>[]): number {
  const gbSeconds = steps.reduce((sum, { startedAt, finishedAt, memoryMb }) => {
    const took = Date.parse(finishedAt) - Date.parse(startedAt);
    const milliseconds = Math.min(Math.max(took, 0), LONGEST_MS);
    return sum + (memoryMb / 1024) * (milliseconds / 1000);
  }, 0);
  return gbSeconds * USD_PER_GB_SECOND + steps.length * USD_PER_REQUEST;
}
