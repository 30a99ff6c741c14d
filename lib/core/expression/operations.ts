import { logicOperations } from './logic-operations.ts';
import { numberOperations } from './number-operations.ts';
import type { Operation } from './operation.ts';
import { textOperations } from './text-operations.ts';
import { timeOperations } from './time-operations.ts';

const all = { ...numberOperations, ...logicOperations, ...textOperations, ...timeOperations };

export type OperationName = keyof typeof all;

export const operations: Readonly<Record<OperationName, Operation>> = all;
