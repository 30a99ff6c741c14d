import { describe } from 'vitest';
import { openStore } from './emulated.ts';
import { objectStoreContract } from './object-store-contract.ts';

describe('S3ObjectStore', () => objectStoreContract(openStore));
