import { readdirSync, readFileSync } from 'node:fs';

/**
 * Memory of the largest process of a function (Linux: VmRSS of /proc), bytes.
 * @param group process group of the emulator
 * @param handler that the function's name has
 */
export function residentBytes(group: number, handler: string): number {
  const sizes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        const isOurs = variables.some(
          (variable) => variable.startsWith('AWS_LAMBDA_FUNCTION_NAME=') && variable.includes(handler),
        );
        if (Number(pgrp) !== group || !isOurs) return 0;
        const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
        return Number(kilobytes ?? 0) * 1024;
      } catch {
        return 0; // it ended meanwhile
      }
    });
  return Math.max(...sizes);
}
