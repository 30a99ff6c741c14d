/** Every call of a port is one step; a plan lets one step fail, before or after it took effect. */
export interface FaultPlan {
  /** Steps so far. */
  calls: number;
  readonly failAt?: number;
  readonly when?: 'before' | 'after';
  /** Whether the process dies with it: all that it calls later fails, too. */
  readonly dies?: boolean;
}

/** A process that makes calls. */
export interface Life {
  isOver: boolean;
}

export class Crash extends Error {}

/** The port, its methods failing as planned, and each letting other work go first, as a network does. */
export function withFaults<Port extends object>(
  port: Port,
  plan: FaultPlan,
  life: Life = { isOver: false },
): Port {
  return new Proxy(port, {
    get(target, name) {
      const method = Reflect.get(target, name) as unknown;
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        if (life.isOver) throw new Crash(`${String(name)} of a dead process`);
        const fails = plan.calls++ === plan.failAt;
        life.isOver = fails && plan.dies === true;
        await new Promise(setImmediate);
        if (fails && plan.when === 'before') throw new Crash(`before ${String(name)}`);
        const result = method.apply(target, args) as unknown;
        if (!fails) return result;
        await Promise.allSettled([result]);
        throw new Crash(`after ${String(name)}`);
      };
    },
  });
}

/**
 * Runs `work` once without a fault to count its steps, then once for each step and side with a crash there and a rerun.
 * @param work given fresh ports by the caller, wrapped with the plan
 * @param check judges the state after the rerun
 */
export async function crashEverywhere<State>(
  open: () => State,
  work: (state: State, plan: FaultPlan) => Promise<unknown>,
  check: (state: State, crash: string) => Promise<void>,
): Promise<number> {
  const counted: FaultPlan = { calls: 0 };
  await work(open(), counted);
  for (let failAt = 0; failAt < counted.calls; failAt++) {
    for (const when of ['before', 'after'] as const) {
      const state = open();
      const crash = await work(state, { calls: 0, failAt, when }).then(
        () => 'none',
        (error: Error) => {
          if (!(error instanceof Crash)) throw error;
          return error.message;
        },
      );
      if (crash === 'none') throw new Error(`step ${failAt} was not reached`);
      await work(state, { calls: 0 });
      await check(state, crash);
    }
  }
  return counted.calls;
}
