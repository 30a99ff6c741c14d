import type { Events, EventType } from '#ports/events.ts';

const MAX_ATTEMPTS = 5;

/**
 * Tells the bus of what is done already: whoever asked for it must not hear that it failed, and ask again. What is lost
 * is logged whole.
 */
export async function tellBus(events: Events, type: EventType, detail: object): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await events.publish(type, detail);
    } catch (error) {
      if (attempt < MAX_ATTEMPTS) continue;
      const message = `the bus was not told of ${type}`;
      console.error(JSON.stringify({ level: 'ERROR', message, detail, cause: String(error) }));
      return;
    }
  }
}
