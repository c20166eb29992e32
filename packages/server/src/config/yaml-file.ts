import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { entries } from "./catalogue.ts";
import { nearest, type Problem } from "./problems.ts";
import type { Written } from "./sources.ts";

interface YamlSettings {
  readonly written: ReadonlyMap<string, Written>;
  readonly problems: readonly Problem[];
}

/** The YAML file's settings by environment name; every unknown or misplaced key is a problem. */
export function readYamlFile(file: string): YamlSettings {
  let source: string;
  try {
    source = readFileSync(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/, \w+ '.*$/, "") : String(error);
    const problem = `names ${file}, which can't be read (${reason})`;
    return single({ where: "STOA_CONFIG", problem, remedy: "Correct the path, or make the file readable." });
  }
  const document = parseDocument(source);
  const fault = document.errors[0];
  if (fault !== undefined) {
    // Only the place: the message's excerpt could show a password.
    const line = fault.linePos?.[0].line ?? 1;
    const problem = `is not valid YAML at line ${line} (${fault.code})`;
    return single({ where: file, problem, remedy: "Correct that line." });
  }
  const root: unknown = document.toJS({ maxAliasCount: 10 });
  if (root === null || root === undefined) return { written: new Map(), problems: [] };
  if (!isGroup(root)) {
    return single({ where: file, problem: "is not a list of settings", remedy: "Write lines such as port: 8080." });
  }
  const reader = { file, written: new Map<string, Written>(), problems: [] as Problem[] };
  readGroup(reader, root, "");
  return reader;
}

interface Reader {
  readonly file: string;
  readonly written: Map<string, Written>;
  readonly problems: Problem[];
}

function readGroup(reader: Reader, group: Readonly<Record<string, unknown>>, prefix: string): void {
  for (const [key, value] of Object.entries(group)) {
    const path = prefix + key;
    const where = `${path} in ${reader.file}`;
    const entry = entries.find((candidate) => candidate.yaml === path);
    if (entry !== undefined) {
      readValue(reader, entry.setting.env, value, where);
    } else if (entries.some((candidate) => candidate.yaml.startsWith(`${path}.`))) {
      if (isGroup(value)) readGroup(reader, value, `${path}.`);
      else if (value !== null)
        reader.problems.push({ where, problem: "is a group of settings", remedy: shapeOf(path) });
    } else {
      reader.problems.push({ where, problem: "is not a setting", remedy: suggestion(path) });
    }
  }
}

function readValue(reader: Reader, env: string, value: unknown, where: string): void {
  if (value === null || value === "") return;
  const raw = Array.isArray(value) ? value.map(scalar) : scalar(value);
  const readable = raw !== null && (typeof raw === "string" || raw.every((part) => part !== null));
  if (readable) reader.written.set(env, { raw: raw as string | string[], where });
  else reader.problems.push({ where, problem: "is a group", remedy: "Give a value, or a list of values." });
}

function scalar(value: unknown): string | null {
  return ["string", "number", "boolean", "bigint"].includes(typeof value) ? String(value) : null;
}

function shapeOf(path: string): string {
  const first = entries.find((entry) => entry.yaml.startsWith(`${path}.`));
  return `Its settings stand below it, indented: ${first?.yaml.slice(path.length + 1)}: ….`;
}

function suggestion(path: string): string {
  const byEnv = entries.find((entry) => entry.setting.env.toLowerCase() === path.toLowerCase());
  const near =
    byEnv?.yaml ??
    nearest(
      path,
      entries.map((entry) => entry.yaml),
    );
  return near === null ? "Remove it." : `Did you mean ${near}? Otherwise remove it.`;
}

function single(problem: Problem): YamlSettings {
  return { written: new Map(), problems: [problem] };
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
