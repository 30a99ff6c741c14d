import { isDeepStrictEqual } from 'node:util';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { atMost, type Deployed, type Measured } from '../deployment.ts';
import { FAULTS, FaultyFunctions } from './faulty-functions.ts';
import { Lives, MODEL } from './lives.ts';

const [CONSIDER, JUDGE] = ['consider-retraining', 'judge-retraining'] as const;
/** Without faults: the first has no champion, and the others start functions anew. */
const WARM_UPS = 2;
const TRIGGERS = 20;

/** Every fault at every call of a life, each in a life of its own. @param every only every so many of the calls */
export async function proveFaults(deployed: Deployed, every: number): Promise<Measured[]> {
  const functions = await FaultyFunctions.of(deployed, [CONSIDER, JUDGE]);
  try {
    const lives = await Lives.of(deployed);
    const quiet = () => functions.quiet();
    for (let warmUp = 0; warmUp < WARM_UPS; warmUp++) await lives.live(quiet);
    functions.arm();
    const wanted = await lives.live(quiet);
    const calls = functions.calls.length;
    console.log(`a life without faults has ${calls} calls: ${count(functions.calls)}`);
    console.log(`and ends so: ${JSON.stringify(wanted)}`);
    if (!wanted.isChampion) throw new Error('a life without faults must end with a new champion');
    const lines = FAULTS.map((fault) => ({ fault, lives: 0, struck: 0, differing: 0, 'slowest s': 0 }));
    for (let at = 1; at <= calls; at++) {
      for (const [index, line] of lines.entries()) {
        if ((at + index) % every !== 0) continue;
        const start = Date.now();
        functions.arm({ at, fault: line.fault });
        const life = await lives.live(quiet).catch((error: Error) => error.message);
        line.lives++;
        if (functions.struck) line.struck++;
        line['slowest s'] = Math.max(line['slowest s'], (Date.now() - start) / 1000);
        if (isDeepStrictEqual(life, wanted)) continue;
        line.differing++;
        console.log(`${line.fault}, call ${at} (${functions.struck}): ${JSON.stringify(life)}`);
      }
    }
    functions.arm();
    console.table(lines);
    const all = lines.reduce((sum, { lives }) => sum + lives, 0);
    const missed = all - lines.reduce((sum, { struck }) => sum + struck, 0);
    return [
      // A life has a few calls more or less than another.
      atMost(`faults at calls that did not come, of ${all}`, missed, Math.floor(all / 10), 'lives'),
      ...lines.map(({ fault, struck, lives: all, differing }) =>
        atMost(`${fault}, at ${struck} calls: lives of ${all} that end otherwise`, differing, 0, 'lives'),
      ),
      atMost('events that the loop gave up', await deadLetters(deployed), 0, 'events'),
    ];
  } finally {
    await functions.close();
  }
}

/** Rounds of twenty wishes at once. */
export async function proveRounds(deployed: Deployed, rounds: number): Promise<Measured[]> {
  const lives = await Lives.of(deployed);
  const events = new EventBridgeClient(deployed.config);
  let [lost, twice, many] = [0, 0, 0];
  const trained: Record<string, number> = {};
  for (let round = 1; round <= rounds; round++) {
    const ids = Array.from({ length: TRIGGERS }, (_, index) => `round-${round}-${Date.now()}-${index}`);
    const { inDecisions, trainings } = await lives.wish(ids, () =>
      Promise.all(ids.map((id) => events.send(new PutEventsCommand({ Entries: [entry(deployed, id)] })))),
    );
    const decisions = new Set(inDecisions.flat()).size;
    lost += inDecisions.filter(({ length }) => length === 0).length;
    twice += inDecisions.filter(({ length }) => length > 1).length;
    if (trainings !== 1 || decisions !== 1) {
      many++;
      console.log(`round ${round}: ${decisions} decisions, ${trainings} trainings`);
    }
    trained[`${trainings} trainings`] = (trained[`${trainings} trainings`] ?? 0) + 1;
  }
  console.log(`rounds of ${TRIGGERS} triggers at once, by trainings: ${JSON.stringify(trained)}`);
  const all = rounds * TRIGGERS;
  return [
    atMost(`triggers lost, of ${all}`, lost, 0, 'triggers'),
    atMost(`triggers in two decisions, of ${all}`, twice, 0, 'triggers'),
    atMost(`rounds of ${rounds} without exactly one decision and one training`, many, 0, 'rounds'),
  ];
}

function entry({ outputs }: Deployed, id: string) {
  const asOf = new Date().toISOString();
  return {
    EventBusName: outputs.busName,
    Source: 'leeboard',
    DetailType: 'TrainingRequested',
    Detail: JSON.stringify({ detailVersion: 1, model: MODEL, id, by: 'bench', reason: id, asOf }),
  };
}

/** What failed as often as Lambda calls again. */
async function deadLetters({ config, outputs }: Deployed): Promise<number> {
  const { DeadLetterConfig } = await new LambdaClient(config).send(
    new GetFunctionConfigurationCommand({ FunctionName: `leeboard-${outputs.environment}-${CONSIDER}` }),
  );
  const sqs = new SQSClient(config);
  const QueueName = DeadLetterConfig?.TargetArn?.split(':').at(-1);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages);
}

/** `consider-retraining S3 GET 4, ...`. */
function count(calls: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const call of calls) counts.set(call, (counts.get(call) ?? 0) + 1);
  return [...counts].map(([call, times]) => `${call} ${times}`).join(', ');
}
