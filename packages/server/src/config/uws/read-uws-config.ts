import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Problem } from "../problems.ts";
import { createFindings, type Findings, isGroup, type Json, join, own } from "./findings.ts";
import { readEntries } from "./kinds.ts";
import { readJobTypes } from "./read-job-types.ts";
import { readParameters } from "./read-parameters.ts";
import type { UwsAuthentication, UwsConfig, UwsResource, UwsStorage } from "./uws-config.ts";

/** Bytes. Real ones have some thousand. */
const LARGEST = 1_048_576;
const KNOWN = [
  ...["api_user_authentication", "main_storage", "main_resource", "parameters"],
  ...["available_user_authentication", "available_storage", "available_resources", "available_job_types"],
];

export interface ReadUwsConfig {
  /** Null when the file can't be read; otherwise complete but for what is among the problems. */
  readonly config: UwsConfig | null;
  readonly problems: readonly Problem[];
}

/**
 * Reads the old service's `config.json`. What Stoa doesn't have is refused by its name, all of it at once.
 * @param file absolute
 */
export function readUwsConfig(file: string): ReadUwsConfig {
  const found = createFindings(file);
  const root = readJsonFile(file, found);
  if (root === null) return { config: null, problems: found.problems };
  found.onlyKnown(root, "", KNOWN);
  const authentications = found.group(root, "available_user_authentication", "");
  const storages = found.group(root, "available_storage", "");
  const resources = found.group(root, "available_resources", "");
  const config: UwsConfig = {
    file,
    apiUserAuthentication: refer(found, root, "api_user_authentication", authentications),
    mainStorage: refer(found, root, "main_storage", storages),
    mainResource: refer(found, root, "main_resource", resources),
    authentications: readAuthentications(found, authentications),
    storages: readStorages(found, storages, authentications, dirname(file)),
    resources: readResources(found, resources, storages, authentications),
    jobTypes: readJobTypes(found, root, resources, dirname(file)),
    parameters: readParameters(found, own(root, "parameters")),
    notes: found.notes,
  };
  return { config, problems: found.problems };
}

function readJsonFile(file: string, found: Findings): Json | null {
  const fail = (problem: string, remedy: string): null => {
    found.problems.push({ where: "STOA_UWS_CONFIG", problem: `names ${file}, which ${problem}`, remedy });
    return null;
  };
  let source: string;
  try {
    if (statSync(file).size > LARGEST) return fail("is too large to be a config.json", "Correct the path.");
    source = readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    return fail(`can't be read (${code})`, "Correct the path, or make the file readable.");
  }
  let root: unknown;
  try {
    root = JSON.parse(source.replace(/^\ufeff/, ""));
  } catch (error) {
    // Only the place: the message's excerpt could show a secret.
    const at = /line (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
    return fail(`is not valid JSON${at === undefined ? "" : ` at line ${at}`}`, "Correct it; JSON takes no comments.");
  }
  return isGroup(root) ? root : fail("is not a group of settings", "Write it as { … }.");
}

function refer(found: Findings, root: Json, key: string, available: Json): string {
  const where = key === "api_user_authentication" ? "available_user_authentication" : `available_${plural(key)}`;
  return found.reference(root, key, "", available, where) ?? "";
}

function plural(key: string): string {
  return key === "main_storage" ? "storage" : "resources";
}

function readAuthentications(found: Findings, available: Json): UwsAuthentication[] {
  const entries = readEntries(found, available, "available_user_authentication", "user_authentication_type");
  return entries.map(({ id, name, path, settings }) => {
    const details = found.group(settings, "connection_details", path);
    if (own(details, "create_external_users") !== undefined || own(details, "operating_system") !== undefined) {
      found.notes.push(`${path}: system accounts are made as STOA_BROKER says, not by connection_details.`);
    }
    return { id, name, kind: "local" };
  });
}

function readStorages(found: Findings, available: Json, authentications: Json, base: string): UwsStorage[] {
  return readEntries(found, available, "available_storage", "storage_type").flatMap(({ id, name, path, settings }) => {
    checkAuthentication(found, settings, path, authentications);
    const rootDir = found.text(settings, "root_dir", path);
    if (rootDir === null) return [];
    if (rootDir.includes("\0")) {
      found.report(join(path, "root_dir"), "has a NUL character", "Write a plain path.");
      return [];
    }
    return [{ id, name, kind: "local" as const, rootDir: resolve(base, rootDir) }];
  });
}

function readResources(found: Findings, available: Json, storages: Json, authentications: Json): UwsResource[] {
  return readEntries(found, available, "available_resources", "resource_type").map(({ id, name, path, settings }) => {
    checkAuthentication(found, settings, path, authentications);
    if (own(settings, "storage") !== undefined) {
      found.reference(settings, "storage", path, storages, "available_storage");
    }
    if (own(settings, "passthrough_domain")) {
      found.notes.push(`${path}.passthrough_domain: sessions' addresses come from STOA_SESSION_DOMAIN.`);
    }
    if (own(settings, "parameter_mapping") !== undefined) {
      found.notes.push(`${path}.parameter_mapping: local sessions take the parameters by their own names.`);
    }
    return { id, name, kind: "local" };
  });
}

function checkAuthentication(found: Findings, settings: Json, path: string, available: Json): void {
  if (own(settings, "user_authentication") === undefined) return;
  found.reference(settings, "user_authentication", path, available, "available_user_authentication");
}
