import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { LogLine } from './answers.ts';
import type { Outputs } from './outputs.ts';

/** What a deployment's functions wrote. */
export class FunctionLogs {
  readonly #prefix: string;
  readonly #logs: () => Promise<CloudWatchLogs>;

  constructor({ environment }: Outputs, logs: () => Promise<CloudWatchLogs>) {
    this.#prefix = `/aws/lambda/leeboard-${environment}-`;
    this.#logs = logs;
  }

  /** Names of all functions, in order. */
  async functions(): Promise<string[]> {
    const logs = await this.#logs();
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await logs.describeLogGroups({ logGroupNamePrefix: this.#prefix, nextToken });
      for (const { logGroupName = '' } of page.logGroups ?? []) {
        names.push(logGroupName.slice(this.#prefix.length));
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return names.sort();
  }

  /** Lines since an instant (epoch milliseconds), oldest first. */
  async since(functionName: string, since: number): Promise<LogLine[]> {
    const logs = await this.#logs();
    const logGroupName = this.#prefix + functionName;
    const lines: LogLine[] = [];
    let nextToken: string | undefined;
    do {
      const page = await logs.filterLogEvents({ logGroupName, startTime: since, nextToken });
      for (const { timestamp = 0, message = '' } of page.events ?? []) {
        lines.push({ at: new Date(timestamp).toISOString(), message: message.trimEnd() });
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return lines.sort((a, b) => a.at.localeCompare(b.at));
  }
}
