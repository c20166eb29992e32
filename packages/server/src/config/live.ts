import { entries } from "./catalogue.ts";
import { isLoopbackHost, isLoopbackUrl } from "./loopback.ts";
import { Refusal } from "./parsers.ts";
import type { Problem } from "./problems.ts";
import { findDangers } from "./refuse.ts";
import type { Config } from "./schema.ts";
import type { Surroundings } from "./setting.ts";

/** Values as they would be written, by the settings' environment names. */
export type Overrides = ReadonlyMap<string, string>;

/** What can be changed while the server runs. */
const liveEntries = entries.filter(({ setting }) => setting.live);

/** A list that has no effect yet opens nothing: it is written before the mode that asks for it. */
const HARMLESS = "STOA_REGISTRATION_DOMAINS";
const NOWHERE = { cwd: "/", home: "/" };

/** A configuration whose live settings follow what administrators chose. */
export interface LiveConfig {
  /** Read its leaves each time: they change in place. Its groups may be kept. */
  readonly config: Config;
  /** Whether a setting may be changed while the server runs. */
  isLive(name: string): boolean;
  /** What stands in the way of these, all together; empty: nothing. What is written at the host is passed over. */
  judge(overrides: Overrides): readonly Problem[];
  /**
   * Puts them into effect. What is written at the host wins, and what is wrong or dangerous beside it is left out.
   * @returns the names of those left out, with why
   */
  apply(overrides: Overrides): ReadonlyMap<string, Problem>;
}

/** Takes a copy: the given configuration stays as it is. */
export function createLiveConfig(base: Config): LiveConfig {
  const config = withOwnGroups(base);
  const known = new Set(dangersOf(base).map(({ where }) => where));
  const judge = (overrides: Overrides): readonly Problem[] => {
    const wrong = wrongValues(base, overrides);
    if (wrong.size > 0) return [...wrong.values()];
    const candidate = withOwnGroups(base);
    settle(candidate, base, overrides);
    return dangersOf(candidate).filter(({ where }) => !known.has(where) && where !== HARMLESS);
  };
  return {
    config,
    isLive: (name) => liveEntries.some(({ setting }) => setting.env === name),
    judge,
    apply(overrides) {
      const left = new Map(wrongValues(base, overrides));
      const standing = new Map([...overrides].filter(([name]) => !left.has(name)));
      for (let dangers = judge(standing); dangers.length > 0; dangers = judge(standing)) {
        const [first] = dangers as [Problem];
        // One that names none of ours comes of several together: none of them then.
        const culprits = standing.has(first.where) ? [first.where] : [...standing.keys()];
        for (const name of culprits) {
          standing.delete(name);
          left.set(name, first);
        }
        if (culprits.length === 0) break;
      }
      settle(config, base, standing);
      return left;
    },
  };
}

function settle(config: Config, base: Config, overrides: Overrides): void {
  // The table's order: the mode of registration stands before what depends on it.
  for (const { keys, setting } of liveEntries) {
    const raw = overrides.get(setting.env);
    if (setting.env in base.written) continue;
    const value = raw === undefined ? undefined : setting.parser.parse(raw, NOWHERE);
    const isGood = value !== undefined && !(value instanceof Refusal);
    put(config, keys, isGood ? value : defaultAt(config, base, { keys, setting }, overrides));
  }
}

type LiveEntry = Pick<(typeof liveEntries)[number], "keys" | "setting">;

/** What the server was started with, unless its default follows another live setting that was changed. */
function defaultAt(config: Config, base: Config, { keys, setting }: LiveEntry, overrides: Overrides): unknown {
  const follows = overrides.has("STOA_REGISTRATION") && setting.env !== "STOA_REGISTRATION";
  return follows ? setting.fallback(surroundingsOf(config)) : read(base, keys);
}

function wrongValues(base: Config, overrides: Overrides): Map<string, Problem> {
  const wrong = new Map<string, Problem>();
  for (const [name, raw] of overrides) {
    const entry = liveEntries.find(({ setting }) => setting.env === name);
    if (entry === undefined || name in base.written) continue;
    const value = entry.setting.parser.parse(raw, NOWHERE);
    if (value instanceof Refusal) wrong.set(name, { where: name, problem: value.problem, remedy: value.remedy });
  }
  return wrong;
}

const dangersOf = (config: Config): Problem[] => findDangers(config, new Set(Object.keys(config.written)));

function surroundingsOf(config: Config): Surroundings {
  const { host, publicUrl, nodeId, registration } = config;
  const isPrivate = isLoopbackHost(host) && (publicUrl === null || isLoopbackUrl(publicUrl));
  const { mode } = registration;
  return {
    ...NOWHERE,
    env: {},
    hostname: nodeId,
    isRoot: false,
    isPrivate,
    hasPublicUrl: publicUrl !== null,
    registrationIsOpen: mode === "open" || (mode === "local" && !isPrivate),
  };
}

type Group = Record<string, unknown>;

/** A copy down to every group that holds a live setting; all else is shared. */
function withOwnGroups(base: Config): Config {
  const root: Group = { ...base };
  const copied = new Set<string>();
  for (const { keys } of liveEntries) {
    let group = root;
    for (const [at, key] of keys.slice(0, -1).entries()) {
      const path = keys.slice(0, at + 1).join(".");
      if (!copied.has(path)) group[key] = { ...(group[key] as Group) };
      copied.add(path);
      group = group[key] as Group;
    }
  }
  // As deep as anybody may write it is a copy of a Config.
  return root as unknown as Config;
}

function groupOf(config: Config, keys: readonly string[]): Group {
  return keys.slice(0, -1).reduce((group, key) => group[key] as Group, config as unknown as Group);
}

const read = (config: Config, keys: readonly string[]): unknown => groupOf(config, keys)[keys.at(-1) ?? ""];

function put(config: Config, keys: readonly string[], value: unknown): void {
  groupOf(config, keys)[keys.at(-1) ?? ""] = value;
}
