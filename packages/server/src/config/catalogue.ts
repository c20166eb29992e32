import { isSetting, type Setting } from "./setting.ts";
import { settings } from "./settings.ts";

/** One setting with its place in the configuration. */
export interface Entry {
  /** `["database", "poolSize"]`. */
  readonly keys: readonly string[];
  /** `database.pool_size`, as in the YAML file. */
  readonly yaml: string;
  readonly setting: Setting<unknown>;
}

/** All settings, in the order of the table. */
export const entries: readonly Entry[] = collect(settings, []);

function collect(group: object, keys: readonly string[]): Entry[] {
  return Object.entries(group).flatMap(([key, node]: [string, object]) => {
    const path = [...keys, key];
    return isSetting(node) ? [{ keys: path, yaml: path.map(snakeCase).join("."), setting: node }] : collect(node, path);
  });
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
