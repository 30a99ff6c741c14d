import { describe } from 'vitest';
import { openRegistry } from './emulated.ts';
import { registryContract } from './registry-contract.ts';

describe('DynamoRegistry', () => registryContract(openRegistry));
