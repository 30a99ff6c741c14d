import { type BusEvent, type Mailbox, openBus, openTopic, type Told } from '#test/support/queue-mailbox.ts';
import { config, outputs } from './deployment.ts';

export type { BusEvent, Mailbox, Told };

/** Events that the stacks publish from now on. */
export const openBusMailbox = (): Promise<Mailbox<BusEvent>> => openBus(config, outputs.busName);

/** What people are told of alarms from now on. */
export const openAlarmMailbox = (): Promise<Mailbox<Told>> => openTopic(config, outputs.alarmTopic);
