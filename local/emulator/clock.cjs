/**
 * Preloaded into the Node processes of a driven emulator (clock.py): Date has the emulator's time.
 * The file beside it says by how many milliseconds that differs from the machine's, as a double.
 */
const { ChildProcess } = require('node:child_process');
const { openSync, readSync } = require('node:fs');
const { join } = require('node:path');

const RELY_ON_MS = 5;
const file = openSync(join(__dirname, 'offset'), 'r');
const bytes = Buffer.alloc(8);
const { now: machineNow } = Date;
let offset = 0;
let readAt = Number.NEGATIVE_INFINITY;

function now() {
  const machine = machineNow();
  if (machine - readAt >= RELY_ON_MS || machine < readAt) {
    // A file that is gone says that the emulator is gone: what is left goes on with what it knew.
    if (readSync(file, bytes, 0, 8, 0) === 8) offset = bytes.readDoubleLE();
    readAt = machine;
  }
  return machine + offset;
}

const Driven = new Proxy(Date, {
  construct: (target, args, asked) => Reflect.construct(target, args.length ? args : [now()], asked),
  apply: (target) => new target(now()).toString(),
});
Date.now = now;
Date.prototype.constructor = Driven;
globalThis.Date = Driven;

// A function may keep its variables from a child, but not the time.
const { spawn } = ChildProcess.prototype;
ChildProcess.prototype.spawn = function (options) {
  const { envPairs = [] } = options;
  const at = envPairs.findIndex((pair) => pair.startsWith('NODE_OPTIONS='));
  const asked = at < 0 ? 'NODE_OPTIONS=' : envPairs[at];
  if (!asked.includes(__filename)) {
    envPairs.splice(at < 0 ? envPairs.length : at, 1, `${asked} --require "${__filename}"`);
  }
  return spawn.call(this, options);
};
