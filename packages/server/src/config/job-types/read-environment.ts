import { resolve } from "node:path";
import { type Findings, type Json, join, own } from "../uws/findings.ts";
import type { ProgramEnvironment } from "./job-types-config.ts";

const KNOWN = [
  ...["python_version", "module_manager", "modules", "tar_file_path", "python_packages"],
  ...["time_limit", "environment_name", "folder"],
];
const MANAGERS = ["virtualenv", "tar", "lmod"] as const;

/**
 * The old service's `environment_details` of one resource; ours, `folder` besides, is the same.
 * @param base relative paths start here
 * @returns null when it says nothing, or nothing that can be used
 */
export function readEnvironment(found: Findings, details: Json, path: string, base: string): ProgramEnvironment | null {
  found.onlyKnown(details, path, KNOWN);
  if (Object.keys(details).length === 0) return null;
  noteUnused(found, details, path);
  const folder = own(details, "folder");
  if (folder !== undefined) return readFolder(found, details, path, base);
  const manager = own(details, "module_manager");
  const known = MANAGERS.find((one) => one === manager);
  if (known === undefined) {
    const problem = manager === undefined ? "is missing" : "is none that is known here";
    found.report(join(path, "module_manager"), problem, `Write one of ${MANAGERS.join(", ")}.`);
    return null;
  }
  const packages = texts(found, details, "python_packages", path);
  const modules = texts(found, details, "modules", path);
  switch (known) {
    case "virtualenv":
      // Older files list packages as modules.
      return { kind: "packages", python: readPython(found, details, path), packages: [...modules, ...packages] };
    case "tar": {
      if (modules.length > 0) found.report(join(path, "modules"), "says nothing of an archive", "Remove it.");
      const archive = readPath(found, details, "tar_file_path", path, base);
      return archive === null ? null : { kind: "archive", archive, packages };
    }
    case "lmod": {
      const remedy = "Make them a module, or use virtualenv or tar.";
      if (packages.length > 0) found.report(join(path, "python_packages"), "can't be added to modules here", remedy);
      if (own(details, "environment_name") !== undefined) {
        found.report(join(path, "environment_name"), "can't be activated after modules here", remedy);
      }
      if (modules.length > 0) return { kind: "modules", modules };
      found.report(join(path, "modules"), "is missing", "Name the modules that are loaded.");
      return null;
    }
  }
}

function readFolder(found: Findings, details: Json, path: string, base: string): ProgramEnvironment | null {
  for (const key of ["module_manager", "modules", "tar_file_path", "python_packages", "python_version"]) {
    if (own(details, key) !== undefined) found.report(join(path, key), "stands beside folder", "Remove one of them.");
  }
  const folder = readPath(found, details, "folder", path, base);
  return folder === null ? null : { kind: "folder", folder };
}

function noteUnused(found: Findings, details: Json, path: string): void {
  if (own(details, "time_limit") !== undefined) {
    found.notes.push(`${join(path, "time_limit")}: sessions' time limits come from the parameter time_limit_min.`);
  }
  if (own(details, "environment_name") !== undefined && own(details, "module_manager") !== "lmod") {
    found.notes.push(`${join(path, "environment_name")}: environments are named by what is in them.`);
  }
}

function readPython(found: Findings, details: Json, path: string): string {
  const value = own(details, "python_version") ?? "python3";
  const text = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  const python = /^\d/.test(text) ? `python${text}` : text;
  if (/^[A-Za-z/][\w./-]*$/.test(python)) return python;
  found.report(join(path, "python_version"), "is no Python", 'Write it as in "python3.11".');
  return "python3";
}

/** Absolute; null, and reported, where there is no path. */
export function readPath(found: Findings, group: Json, key: string, path: string, base: string): string | null {
  const value = found.text(group, key, path);
  if (value === null) return null;
  if (!value.includes("\0")) return resolve(base, value);
  found.report(join(path, key), "has a NUL character", "Write a plain path.");
  return null;
}

/** A list of names; none of them an option of the program that takes them. */
function texts(found: Findings, details: Json, key: string, path: string): string[] {
  const value = own(details, key) ?? [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((one, at) => {
    if (typeof one === "string" && /^[^-\s\p{Cc}][^\p{Cc}]*$/u.test(one)) return [one];
    found.report(`${join(path, key)}[${at}]`, "is no name", "Write a text that does not begin with -.");
    return [];
  });
}
