import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Events, EventType } from '#ports/events.ts';

/** Leeboard's own bus. */
export class EventBus implements Events {
  readonly #client: EventBridgeClient;
  readonly #bus: string;

  constructor(client: EventBridgeClient, bus: string) {
    this.#client = client;
    this.#bus = bus;
  }

  async publish(detailType: EventType, detail: object): Promise<void> {
    const entry = {
      EventBusName: this.#bus,
      Source: 'leeboard',
      DetailType: detailType,
      Detail: JSON.stringify(detail),
    };
    const { FailedEntryCount = 0, Entries = [] } = await this.#client.send(
      new PutEventsCommand({ Entries: [entry] }),
    );
    if (FailedEntryCount > 0) throw new Error(`the bus refused ${detailType}: ${Entries[0]?.ErrorCode}`);
  }
}
