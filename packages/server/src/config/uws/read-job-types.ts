import { readEnvironment, readPath } from "../job-types/read-environment.ts";
import { type Findings, isGroup, type Json, join, own } from "./findings.ts";
import { type Entry, readEntries } from "./kinds.ts";
import type { UwsJobType } from "./uws-config.ts";

/** Ours, by the old service's names. */
const TYPES: Readonly<Record<string, UwsJobType["type"]>> = {
  LocalTestJob: "local_test_job",
  JupyterLabJob: "jupyter_lab",
  AppyterJob: "appyter",
  YACJob: "yac",
};

/** @param base relative paths start here */
export function readJobTypes(found: Findings, root: Json, resources: Json, base: string): UwsJobType[] {
  const available = found.group(root, "available_job_types", "");
  const main = String(own(root, "main_resource") ?? "");
  return readEntries(found, available, "available_job_types", "job_type").flatMap((entry) => {
    const { id, name, path, settings } = entry;
    const type = TYPES[String(own(settings, "job_type")).trim()];
    const setup = readSetup(found, entry, type, { resources, main, base });
    if (type !== undefined && /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(id)) return [{ id, name, type, ...setup }];
    found.report(path, "is no name for a job type", "Use letters, digits, _, . and -, 64 at most.");
    return [];
  });
}

interface Surroundings {
  readonly resources: Json;
  readonly main: string;
  readonly base: string;
}

function readSetup(
  found: Findings,
  { path, settings }: Entry,
  type: UwsJobType["type"] | undefined,
  { resources, main, base }: Surroundings,
): Pick<UwsJobType, "environment" | "image"> {
  const details = found.group(settings, "environment_details", path);
  const setup = { environment: null, image: null } as { -readonly [K in "environment" | "image"]: UwsJobType[K] };
  for (const [resource, given] of Object.entries(details)) {
    const at = `${path}.environment_details.${resource}`;
    if (!Object.hasOwn(resources, resource)) {
      found.report(at, "is for a resource that is not among available_resources", "Remove it, or add the resource.");
    } else if (!isGroup(given)) found.report(at, "is not a group of settings", "Write it as { … }.");
    // Of the others only the main one runs sessions; all are looked at, so that a mistake is told now.
    else if (type === "jupyter_lab") {
      const environment = readEnvironment(found, given, at, base);
      if (resource === main) setup.environment = environment;
    } else if (type === "appyter" || type === "yac") {
      const image = readImage(found, given, at, base);
      if (resource === main) setup.image = image;
    }
  }
  if ((type === "appyter" || type === "yac") && !Object.hasOwn(details, main)) {
    found.report(join(path, "environment_details"), `says nothing of ${main}`, "Add its sif_file_path.");
  }
  return setup;
}

function readImage(found: Findings, details: Json, path: string, base: string): string | null {
  found.onlyKnown(details, path, ["sif_file_path", "module_manager", "modules", "time_limit", "environment_name"]);
  for (const key of Object.keys(details).filter((name) => name !== "sif_file_path")) {
    found.notes.push(`${join(path, key)}: the image runs by itself, within the parameter time_limit_min.`);
  }
  return readPath(found, details, "sif_file_path", path, base);
}
