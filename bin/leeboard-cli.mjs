#!/usr/bin/env node
import { register } from 'tsx/esm/api';

// The AWS SDK warns of Node 20's end on every call; it is read when the SDK loads.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
register();
await import('../lib/commands/main.ts');
