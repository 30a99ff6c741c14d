/** Where in the store a step leaves what only a later step of its run reads: the bucket deletes it after a week. */
export const WORK = 'work/';

/** Of the windows of a model that are examined in parts. */
export const windowWork = (model: string): string => `${WORK}${model}/windows/`;
