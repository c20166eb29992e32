import { entries } from "./catalogue.ts";
import { createLiveConfig, type Overrides } from "./live.ts";
import type { Problem } from "./problems.ts";
import type { Config } from "./schema.ts";

/** One setting as it applies. */
export interface Explained {
  readonly name: string;
  readonly yaml: string;
  /** As it could be written; null when it is not set. A secret's value never leaves: it is `(set)`. */
  readonly value: string | null;
  /** `default`, `environment`, `portal`, or the place where it was written. */
  readonly from: string;
  /** Why what was chosen in the portal does not apply; null: nothing was, or it does. */
  readonly notApplied: string | null;
}

export interface Explanation {
  /** With what was chosen in the portal, as the server runs on it. */
  readonly config: Config;
  readonly settings: readonly Explained[];
}

/**
 * What applies, and where each value comes from.
 * @param written the configuration as it stands at the host
 * @param chosen what administrators chose in the portal: what is written at the host wins
 */
export function explainConfig(written: Config, chosen: Overrides): Explanation {
  const live = createLiveConfig(written);
  const leftOut = live.apply(chosen);
  const settings = entries.map(({ keys, yaml, setting }): Explained => {
    const name = setting.env;
    const value = keys.reduce<unknown>((group, key) => (group as Record<string, unknown>)[key], live.config) ?? null;
    const shown = setting.secret ? "(set)" : setting.parser.show(value ?? {});
    const problem = leftOut.get(name);
    return {
      name,
      yaml,
      value: value === null ? null : shown,
      from: originOf(name, written.written[name], chosen.has(name) && setting.live && problem === undefined),
      notApplied: whyNot(written.written[name], chosen.has(name), problem),
    };
  });
  return { config: live.config, settings };
}

function originOf(name: string, where: string | undefined, isChosen: boolean): string {
  if (where !== undefined) return where === name ? "environment" : where;
  return isChosen ? "portal" : "default";
}

function whyNot(where: string | undefined, isChosen: boolean, problem: Problem | undefined): string | null {
  if (!isChosen) return null;
  if (where !== undefined) return `what is written at the host wins (${where})`;
  return problem === undefined ? null : `${problem.where} ${problem.problem}. ${problem.remedy}`;
}
