/** Where others hear of what happened. */
export interface Events {
  /** @throws when the bus does not take it */
  publish(detailType: EventType, detail: object): Promise<void>;
}

/** What Leeboard's own code publishes; state machines publish the others. */
export type EventType = 'DeploymentChanged' | 'ApprovalDecided' | 'TrainingRequested';
