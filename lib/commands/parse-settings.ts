import { showValue } from '#core/errors.ts';
import { UsageError } from './arguments.ts';

/**
 * `algorithm.maxDepth=3` -> `{"algorithm.maxDepth": 3}`, `algorithm=auto` -> `{"algorithm": "auto"}`. A value is
 * JSON, or a bare word, which is a text; an instant is as it stands. Whether the spec takes it is for the deployment to judge.
 * @throws UsageError naming the setting
 */
export function parseSettings(settings: readonly string[]): Record<string, unknown> {
  const parsed: Record<string, unknown> = {};
  for (const setting of settings) {
    const at = setting.indexOf('=');
    const path = setting.slice(0, Math.max(0, at));
    if (!/^(since|(algorithm|search)(\.[A-Za-z]\w*)*)$/.test(path)) {
      throw new UsageError(
        `--set: expected algorithm.<setting>=<value>, search.<setting>=<value> or since=<instant>, got ${showValue(setting)}`,
      );
    }
    if (Object.hasOwn(parsed, path)) throw new UsageError(`--set: expected ${path} once, got it twice`);
    parsed[path] = parseValue(path, setting.slice(at + 1));
  }
  return parsed;
}

function parseValue(path: string, text: string): unknown {
  if (path === 'since') return text;
  try {
    return JSON.parse(text);
  } catch {
    if (/^[A-Za-z][\w-]*$/.test(text)) return text;
    throw new UsageError(`--set ${path}: expected JSON or a word, got ${showValue(text)}`);
  }
}
