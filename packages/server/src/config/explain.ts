import { entries } from "./catalogue.ts";
import { loadConfig } from "./load.ts";
import { readSources } from "./sources.ts";

/** One setting as it applies. */
export interface Explained {
  readonly name: string;
  readonly yaml: string;
  /** As it could be written; null when it is not set. A secret's value never leaves: it is `(set)`. */
  readonly value: string | null;
  /** `default`, or where it was written. */
  readonly from: string;
}

/**
 * What applies, and where each value comes from.
 * @throws ConfigError as `loadConfig` does
 */
export function explainConfig(env: Readonly<Record<string, string | undefined>>, cwd: string): Explained[] {
  const config = loadConfig(env, cwd);
  const { written } = readSources(env, cwd);
  return entries.map(({ keys, yaml, setting }) => {
    const value = keys.reduce<unknown>((group, key) => (group as Record<string, unknown>)[key], config);
    const shown = setting.secret ? "(set)" : setting.parser.show(value ?? {});
    const source = written.get(setting.env)?.where;
    return {
      name: setting.env,
      yaml,
      value: value === null ? null : shown,
      from: source === undefined ? "default" : source === setting.env ? "environment" : source,
    };
  });
}
