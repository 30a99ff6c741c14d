/**
 * One-sided confidence that what is judged alone (answers, labels, performance) has changed: as rarely wrong as all
 * columns of inputs together, see `ModelDriftOptions.falseAlarms`. Of a window an hour, at 0.95 each of them would call
 * somebody to a sound model every day.
 */
export const SURE = 0.99;
