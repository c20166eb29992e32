import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { entries } from "./catalogue.ts";
import { nearest, type Problem } from "./problems.ts";
import { readYamlFile } from "./yaml-file.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A value as written, and where: for messages. */
export interface Written {
  readonly raw: string | readonly string[];
  readonly where: string;
}

/** What the sources say, by the settings' environment names. */
export interface Sources {
  readonly written: ReadonlyMap<string, Written>;
  readonly problems: readonly Problem[];
}

const KNOWN_NAMES: readonly string[] = [...entries.map((entry) => entry.setting.env), "STOA_CONFIG"];

/**
 * Names that begin with STOA_ and are not settings: those of the project's own checks and launcher, and
 * what Kubernetes puts into every container beside a service called `stoa`.
 */
const NOT_SETTINGS = /^STOA_(TEST_|PEERS?(_|$)|BENCH_|CHAOS_|LAUNCH_|SERVICE_(HOST|PORT)|PORT_\d+_(TCP|UDP))/;

/**
 * Reads the three sources. The environment wins over `.env`, and both over the YAML file that STOA_CONFIG
 * names. An empty variable is one that is not set.
 */
export function readSources(env: Environment, cwd: string): Sources {
  const dotenv = readDotenv(cwd);
  const problems: Problem[] = [
    ...dotenv.problems,
    ...unknownNames(env, ""),
    ...unknownNames(dotenv.values, " in .env"),
  ];
  const written = new Map<string, Written>();
  const configFile = env.STOA_CONFIG || dotenv.values.STOA_CONFIG;
  if (configFile) {
    const yaml = readYamlFile(resolve(cwd, configFile));
    problems.push(...yaml.problems);
    for (const [name, value] of yaml.written) written.set(name, value);
  }
  for (const name of KNOWN_NAMES) {
    if (dotenv.values[name]) written.set(name, { raw: dotenv.values[name], where: `${name} in .env` });
    if (env[name]) written.set(name, { raw: env[name], where: name });
  }
  return { written, problems };
}

function readDotenv(cwd: string): { values: Environment; problems: Problem[] } {
  const file = join(cwd, ".env");
  try {
    return { values: parseEnv(readFileSync(file, "utf8")), problems: [] };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return { values: {}, problems: [] };
    const remedy = "Make it a file that the server's user may read, or remove it.";
    return { values: {}, problems: [{ where: file, problem: `can't be read (${String(code)})`, remedy }] };
  }
}

/** A mistyped name would silently leave the default standing: in `STOA_REGISTRATON=closed` that matters. */
function unknownNames(env: Environment, place: string): Problem[] {
  return Object.keys(env)
    .filter((name) => name.startsWith("STOA_") && !KNOWN_NAMES.includes(name) && !NOT_SETTINGS.test(name))
    .map((name) => {
      const near = nearest(name, KNOWN_NAMES);
      const remedy = near === null ? "Remove it." : `Did you mean ${near}? Otherwise remove it.`;
      return { where: `${name}${place}`, problem: "is not a setting", remedy };
    });
}
