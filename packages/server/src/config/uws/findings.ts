import { nearest, type Problem } from "../problems.ts";

export type Json = Readonly<Record<string, unknown>>;

/** Reads a file's values one by one and gathers all that is wrong. Never repeats a value that may be a secret. */
export interface Findings {
  readonly problems: Problem[];
  readonly notes: string[];
  /** @param path as in `available_storage.main.root_dir` */
  report(path: string, problem: string, remedy: string): void;
  /** A text that is not blank; reported, and null, where there is none. */
  text(group: Json, key: string, path: string): string | null;
  /** A group of settings; reported, and empty, where it is something else. Absent: empty. */
  group(group: Json, key: string, path: string): Json;
  /** Reports names that are none of these. */
  onlyKnown(group: Json, path: string, known: readonly string[]): void;
  /** The id that another entry refers to, reported where there is no such entry. */
  reference(group: Json, key: string, path: string, available: Json, where: string): string | null;
}

export function createFindings(file: string): Findings {
  const problems: Problem[] = [];

  function report(path: string, problem: string, remedy: string): void {
    problems.push({ where: `${path} in ${file}`, problem, remedy });
  }

  function text(group: Json, key: string, path: string): string | null {
    const value = own(group, key);
    if (typeof value === "string" && value.trim() !== "") return value.trim();
    report(join(path, key), value === undefined ? "is missing" : "is not a text", "Write a text there.");
    return null;
  }

  return {
    problems,
    notes: [],
    report,
    text,
    group(group, key, path) {
      const value = own(group, key) ?? {};
      if (isGroup(value)) return value;
      report(join(path, key), "is not a group of settings", "Write it as { … }.");
      return {};
    },
    onlyKnown(group, path, known) {
      for (const key of Object.keys(group).filter((name) => !known.includes(name))) {
        const near = nearest(key, known);
        report(join(path, key), "is not a setting", near ? `Did you mean ${near}? Otherwise remove it.` : "Remove it.");
      }
    },
    reference(group, key, path, available, where) {
      const id = text(group, key, path);
      if (id === null || Object.hasOwn(available, id)) return id;
      report(join(path, key), `names "${id}", which is not among ${where}`, listed(Object.keys(available)));
      return null;
    },
  };
}

/** Never what an object inherits: `__proto__` and the like are names as any. */
export function own(group: Json, key: string): unknown {
  return Object.hasOwn(group, key) ? group[key] : undefined;
}

export function isGroup(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function listed(ids: readonly string[]): string {
  return ids.length === 0 ? "Add such an entry." : `Name one of ${ids.join(", ")}, or add such an entry.`;
}
