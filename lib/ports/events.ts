/** Where others hear of what happened. */
export interface Events {
  /** @throws when the bus does not take it */
  publish(detailType: 'DeploymentChanged', detail: object): Promise<void>;
}
