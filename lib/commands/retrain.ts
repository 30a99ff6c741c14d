import { setTimeout as sleep } from 'node:timers/promises';
import type { Decision, DecisionStatus } from '#core/retrain/records.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, requireKnown } from './arguments.ts';
import { EXIT, type ExitCode, type Printer } from './printer.ts';
import { describeDecision } from './why.ts';

/** What was asked for came, or goes on without anything more to be seen soon. */
const WELL: readonly DecisionStatus[] = ['promoted', 'approval', 'rollout'];
const OPEN: readonly DecisionStatus[] = ['waiting', 'judging', 'training'];

export interface RetrainOptions {
  readonly model: string;
  readonly reason?: string;
  /** Whether to wait until the training is over. @default true */
  readonly wait?: boolean;
  readonly everyMs?: number;
}

/** `leeboard retrain`: asks the loop for a training, and shows what it decides. */
export async function retrain(
  client: Pick<LeeboardClient, 'outputs' | 'retrain' | 'decisions'>,
  { model, reason = 'asked by leeboard retrain', wait = true, everyMs = 1000 }: RetrainOptions,
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  const { id } = await client.retrain(model, reason);
  if (!wait) {
    print.result({ model, id }, () => `asked for: "npx leeboard why ${model}" shows what is decided`);
    return EXIT.ok;
  }
  let said = '';
  for (;;) {
    const decision = (await client.decisions(model)).find((one) => isOf(one, id));
    if (decision && decision.reason !== said) {
      said = decision.reason;
      print.progress(`decision ${decision.number} ${decision.status}: ${said}`);
    }
    if (decision && !OPEN.includes(decision.status)) {
      print.result(decision, () => describeDecision(decision));
      return WELL.includes(decision.status) ? EXIT.ok : EXIT.refused;
    }
    await sleep(everyMs);
  }
}

const isOf = ({ triggers }: Decision, id: string): boolean => triggers.some((trigger) => trigger.id === id);
