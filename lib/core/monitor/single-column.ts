/**
 * One-sided confidence that a column judged alone (predictions, labels) has changed: as rarely wrong as all columns of
 * inputs together, see `ModelDriftOptions.falseAlarms`.
 */
export const SURE = 0.99;
