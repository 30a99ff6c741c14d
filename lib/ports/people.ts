import type { Notification } from '#core/notify/notification.ts';

/** Who must hear of things. */
export interface People {
  /** The same news, by its id, reaches them once. */
  tell(news: Notification): Promise<void>;
}
