import { describe } from 'vitest';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { registryContract } from './registry-contract.ts';

/** The registry that other tests run on keeps the same promises as the deployed one. */
describe('MemoryRegistry', () => registryContract(async () => ({ registry: new MemoryRegistry() })));
