import { parseArgs } from 'node:util';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { error, startFaultProxy } from '#test/support/fault-proxy.ts';
import { addVariables } from '#test/support/function-variables.ts';
import { atMost, type Deployed, report, withDeployment } from './deployment.ts';
import { latency, type Sent, Traffic } from './traffic.ts';

/** Predictions while DynamoDB fails for half a minute, in three ways: none may fail. */

const MODEL = 'flights-late';
const OUTAGE = ['errors', 'hangs', 'refuses'] as const;
type Mode = 'well' | (typeof OUTAGE)[number];

const { values } = parseArgs({
  options: { rate: { type: 'string', default: '20' }, seconds: { type: 'string', default: '10' } },
});
/** Requests a second, and seconds of each kind of failure. */
const [rate, seconds] = [Number(values.rate), Number(values.seconds)];

await withDeployment(['01'], async (deployed) => {
  let mode: Mode = 'well';
  let calls = 0;
  const proxy = await startFaultProxy(deployed.outputs.endpoint as string, ({ forward }) => {
    calls++;
    if (mode === 'hangs') return new Promise(() => {});
    return mode === 'errors' ? Promise.resolve(error(500, 'InternalServerError')) : forward();
  });
  const set = async (next: Mode) => {
    mode = next;
    await proxy.refuse(next === 'refuses');
  };
  try {
    await addVariables(deployed.config, functionName(deployed), {
      AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
    });
    const { input } = await deployed.client.model(MODEL);
    const body = JSON.stringify(input?.example);
    const traffic = await Traffic.to(deployed.outputs, `/v1/models/${MODEL}/predict`, body);
    for (const share of [10, 4, 2]) await traffic.send(rate / share, 3); // wakes one instance after another
    if (calls === 0) throw new Error('the prediction function does not go through the proxy');
    const phases: [Mode | 'after', Sent[]][] = [['well', await traffic.send(rate, seconds)]];
    for (const failure of OUTAGE) {
      await set(failure);
      phases.push([failure, await traffic.send(rate, seconds)]);
    }
    await set('well');
    phases.push(['after', await traffic.send(rate, seconds)]);
    console.table(
      phases.map(([phase, sent]) => ({
        phase,
        requests: sent.length,
        failed: failures(sent),
        'p50 ms': latency(sent, 0.5),
        'p99 ms': latency(sent, 0.99),
        'slowest ms': latency(sent, 1),
      })),
    );
    const during = phases
      .filter(([phase]) => OUTAGE.some((failure) => failure === phase))
      .flatMap(([, sent]) => sent);
    const [[, before]] = phases as [[Mode, Sent[]]];
    console.log(
      `slowest answer: ${(latency(during, 1) / latency(before, 1)).toFixed(1)} times the slowest before`,
    );
    console.log(`answers counted as PointerStale: ${await staleAnswers(deployed)} of ${during.length}`);
    await report('outages', [
      atMost('predictions that failed while DynamoDB was down', failures(during), 0, 'requests'),
    ]);
  } finally {
    await proxy.close();
  }
});

function failures(sent: readonly Sent[]): number {
  return sent.filter(({ status }) => status !== 200).length;
}

function functionName({ outputs }: Deployed): string {
  return `leeboard-${outputs.environment}-${MODEL}-predict`;
}

/** What the function's log says of pointers older than their lifetime. */
async function staleAnswers(deployed: Deployed): Promise<number> {
  const logs = new CloudWatchLogs(deployed.config);
  let sum = 0;
  let nextToken: string | undefined;
  do {
    const page = await logs.filterLogEvents({
      logGroupName: `/aws/lambda/${functionName(deployed)}`,
      filterPattern: '"PointerStale"',
      ...(nextToken && { nextToken }),
    });
    for (const { message = '' } of page.events ?? []) {
      for (const [, count] of message.matchAll(/"PointerStale":(\d+)/g)) sum += Number(count);
    }
    nextToken = page.nextToken;
  } while (nextToken);
  return sum;
}
