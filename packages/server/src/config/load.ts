import { homedir, hostname } from "node:os";
import { type Entry, entries } from "./catalogue.ts";
import { readJobTypes } from "./job-types/read-job-types.ts";
import { isLoopbackHost, isLoopbackUrl } from "./loopback.ts";
import { type Raw, Refusal } from "./parsers.ts";
import { ConfigError, type Problem } from "./problems.ts";
import { findDangers } from "./refuse.ts";
import type { Config } from "./schema.ts";
import type { Surroundings } from "./setting.ts";
import { settings } from "./settings.ts";
import { readSources, type Written } from "./sources.ts";
import { readUwsConfig } from "./uws/read-uws-config.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration from the environment, `.env` in `cwd`, and the YAML file that STOA_CONFIG names.
 * @throws ConfigError with every problem found, not only the first
 */
export function loadConfig(env: Environment, cwd: string): Config {
  const sources = readSources(env, cwd);
  const place = { cwd, home: env.HOME || homedir() };
  const problems: Problem[] = [...sources.problems];
  const values = new Map<string, unknown>();
  for (const { setting } of entries) {
    const written = sources.written.get(setting.env);
    if (written === undefined) continue;
    const value = setting.parser.parse(written.raw, place);
    if (value instanceof Refusal) problems.push(describeRefusal(setting.env, setting.secret, written, value));
    else values.set(setting.env, value);
  }
  const settled = assemble(values, surroundings(env, place, values));
  const uws = settled.uwsConfig === null ? null : readUwsConfig(settled.uwsConfig);
  problems.push(...(uws?.problems ?? []));
  const jobTypes = settled.jobTypesFile === null ? null : readJobTypes(settled.jobTypesFile);
  problems.push(...(jobTypes?.problems ?? []));
  const written = Object.fromEntries([...sources.written].map(([name, { where }]) => [name, where]));
  const config: Config = { ...settled, uws: uws?.config ?? null, jobTypes: jobTypes?.config ?? null, written };
  problems.push(...findDangers(config, new Set(sources.written.keys())));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function surroundings(
  env: Environment,
  place: { cwd: string; home: string },
  values: ReadonlyMap<string, unknown>,
): Surroundings {
  const host = values.get(settings.host.env) ?? "127.0.0.1";
  const publicUrl = values.get(settings.publicUrl.env) ?? null;
  const reach = {
    env,
    ...place,
    hostname: hostname(),
    isRoot: process.getuid?.() === 0,
    isPrivate: isLoopbackHost(String(host)) && (publicUrl === null || isLoopbackUrl(String(publicUrl))),
    hasPublicUrl: publicUrl !== null,
    registrationIsOpen: false,
  };
  const { mode } = settings.registration;
  const registration = values.get(mode.env) ?? mode.fallback(reach);
  return { ...reach, registrationIsOpen: registration === "open" || (registration === "local" && !reach.isPrivate) };
}

/** Where a value was refused its default stands in, so that the later checks can go on and find more. */
function assemble(values: ReadonlyMap<string, unknown>, s: Surroundings): Omit<Config, "uws" | "jobTypes" | "written"> {
  const root: Record<string, unknown> = {};
  for (const entry of entries) place(root, entry, values.get(entry.setting.env) ?? entry.setting.fallback(s));
  // The table is both: the type is inferred from it, and the loop above has filled each of its leaves.
  return root as unknown as Omit<Config, "uws" | "jobTypes" | "written">;
}

function place(root: Record<string, unknown>, entry: Entry, value: unknown): void {
  const groups = entry.keys.slice(0, -1);
  let group = root;
  for (const key of groups) {
    group[key] ??= {};
    group = group[key] as Record<string, unknown>;
  }
  group[entry.keys.at(-1) ?? ""] = value;
}

function describeRefusal(env: string, secret: boolean, written: Written, refusal: Refusal): Problem {
  const shown = secret ? "" : ` (${shorten(written.raw)})`;
  // Kubernetes gives every container STOA_PORT=tcp://… when a service beside it is called "stoa".
  const byKubernetes = env === "STOA_PORT" && String(written.raw).startsWith("tcp://");
  const remedy = byKubernetes ? "Kubernetes set it: put enableServiceLinks: false into the pod." : refusal.remedy;
  return { where: written.where, problem: withoutLogins(`${refusal.problem}${shown}`), remedy };
}

/** An address may hold a password where none belongs. */
function withoutLogins(text: string): string {
  return text.replace(/\/\/[^\s"]*@/g, "//…@");
}

function shorten(raw: Raw): string {
  const value = typeof raw === "string" ? raw : raw.join(",");
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
