import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, error, type FaultProxy, type Reply, startFaultProxy } from '#test/support/fault-proxy.ts';
import { addVariables } from '#test/support/function-variables.ts';
import type { Deployed } from '../deployment.ts';
import { killCaller } from './kill-caller.ts';

/** What happens to one call. A crash is of the process that calls. */
export const FAULTS = ['crash before', 'crash after', 'reply lost'] as const;
export type Fault = (typeof FAULTS)[number];

/** Of the AWS APIs that the functions call. */
const SERVICES = ['DYNAMODB', 'S3', 'SFN', 'SNS', 'SQS'];
/** Nothing more is called when nothing was for so long. */
const QUIET_MS = 700;

/** Deployed functions, each of whose AWS calls goes through here. */
export class FaultyFunctions {
  /** Since the newest `arm`: `consider-retraining DynamoDB.GetItem`. */
  calls: string[] = [];
  /** The call that the fault was done to. */
  struck: string | undefined;
  #armed: { readonly at: number; readonly fault: Fault } | undefined;
  #inFlight = 0;
  #newest = 0;
  #isPartCounted = false;
  readonly #proxies: FaultProxy[] = [];
  readonly #restore: (() => Promise<void>)[] = [];

  /** @param names as in the names of the functions */
  static async of({ outputs, config }: Deployed, names: readonly string[]): Promise<FaultyFunctions> {
    const functions = new FaultyFunctions();
    for (const name of names) {
      const proxy = await startFaultProxy(outputs.endpoint as string, (call) => functions.#take(name, call));
      functions.#proxies.push(proxy);
      const variables = SERVICES.map((service) => [`AWS_ENDPOINT_URL_${service}`, proxy.endpoint]);
      const restore = await addVariables(
        config,
        `leeboard-${outputs.environment}-${name}`,
        Object.fromEntries(variables),
      );
      functions.#restore.push(restore);
    }
    return functions;
  }

  /** Counts anew. @param at which of the calls from now on, from 1 */
  arm(fault?: { readonly at: number; readonly fault: Fault }): void {
    this.calls = [];
    this.struck = undefined;
    this.#armed = fault;
    this.#isPartCounted = false;
  }

  /** Waits until nothing is called any more. */
  async quiet(): Promise<void> {
    while (this.#inFlight > 0 || Date.now() - this.#newest < QUIET_MS) await sleep(50);
  }

  /** The functions call AWS itself again. */
  async close(): Promise<void> {
    for (const restore of this.#restore) await restore();
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }

  async #take(name: string, call: Call): Promise<Reply> {
    this.#inFlight++;
    this.#newest = Date.now();
    try {
      if (!this.#isCounted(call)) return await call.forward();
      this.calls.push(`${name} ${describe(call)}`);
      const { at, fault } = this.#armed ?? {};
      return fault && this.calls.length === at ? await this.#strike(fault, call) : await call.forward();
    } finally {
      this.#inFlight--;
      this.#newest = Date.now();
    }
  }

  /** A judgement reads every part of a dataset, one more after each drop: all alike, so the first stands for them. */
  #isCounted({ line }: Call): boolean {
    if (!/^GET \S*\/datasets\/\S*\.parquet/.test(line)) return true;
    const isFirst = !this.#isPartCounted;
    this.#isPartCounted = true;
    return isFirst;
  }

  async #strike(fault: Fault, call: Call): Promise<Reply> {
    if (fault !== 'crash before') await call.forward();
    if (fault !== 'reply lost') await killCaller(call.port);
    call.cut();
    this.struck = this.calls.at(-1);
    return error(500, 'CutOff');
  }
}

/** `DynamoDB.GetItem`, `S3 GET`, `SNS.Publish`. */
function describe({ target, line, body }: Call): string {
  if (target) return target.replace(/_\d+\./, '.');
  const [, action] = /(?:^|&)Action=(\w+)/.exec(body.toString('latin1', 0, 200)) ?? [];
  return action ? `SNS.${action}` : `S3 ${line.split(' ')[0]}`;
}
