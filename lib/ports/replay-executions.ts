import type { ReplayRequest } from '#core/replay/replay-request.ts';

export interface KnownReplay {
  readonly state: 'running' | 'succeeded' | 'failed';
  readonly request: ReplayRequest;
  /** Of one that failed: the error's stable name, and its message where it has one. */
  readonly error?: { readonly name: string; readonly cause?: string };
}

/** Executions of `replay-predictions`. */
export interface ReplayExecutions {
  start(replayId: string, request: ReplayRequest): Promise<void>;
  /** @returns undefined when it was never started, or is forgotten since */
  find(replayId: string): Promise<KnownReplay | undefined>;
}
