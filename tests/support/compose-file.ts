import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

export const DEPLOY = join(import.meta.dirname, "../../deploy");

/** What the tests look at of deploy/compose.yaml, as compose's own specification has it. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly name?: string; readonly external?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

export interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly restart?: string;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly (string | { readonly type: string; readonly source: string; readonly target: string })[];
  readonly healthcheck?: {
    readonly test: readonly string[];
    readonly interval: string;
    readonly timeout: string;
    readonly start_period: string;
  };
  readonly profiles?: readonly string[];
}

/** Without interpolation: `${NAME}` stands where it stands. */
export function composeFile(): ComposeFile {
  return parse(readFileSync(join(DEPLOY, "compose.yaml"), "utf8")) as ComposeFile;
}

/** Names and values of a `.env` without quotes. */
export function parseEnv(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => /^\w+=/.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

/** What deploy/make-env.sh writes. */
export function freshEnv(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "stoa-env-"));
  try {
    const file = join(folder, ".env");
    execFileSync("sh", [join(DEPLOY, "make-env.sh"), file], { stdio: "pipe" });
    return parseEnv(readFileSync(file, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `${NAME}`, `${NAME:-default}` and `${NAME:?reason}`, as compose fills them in. @throws where one is required and missing */
export function interpolate(text: string, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{(\w+)(?:(:[-?])([^}]*))?\}/g, (_whole, name: string, kind?: string, rest = "") => {
    const value = env[name];
    if (value !== undefined && value !== "") return value;
    if (kind === ":?") throw new Error(`${name}: ${rest}`);
    return kind === ":-" ? rest : "";
  });
}

/** A service's environment as its container gets it. */
export function environmentOf(service: string, env: Readonly<Record<string, string>>): Record<string, string> {
  const given = composeFile().services[service]?.environment ?? {};
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, interpolate(String(value), env)]));
}
