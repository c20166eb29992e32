import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { parseDocument } from "yaml";
import type { Problem } from "../problems.ts";
import { createFindings, type Findings, isGroup, type Json, own } from "../uws/findings.ts";
import type { JobTypesConfig } from "./job-types-config.ts";
import { readDeclared } from "./read-declared.ts";
import { readEnvironment, readPath } from "./read-environment.ts";

/** Bytes. */
const LARGEST = 1_048_576;

export interface ReadJobTypes {
  /** Null when the file can't be read; otherwise complete but for what is among the problems. */
  readonly config: JobTypesConfig | null;
  readonly problems: readonly Problem[];
}

/**
 * Reads the file with the operator's job types; all that is wrong with it is told at once.
 * @param file absolute; YAML or JSON
 */
export function readJobTypes(file: string): ReadJobTypes {
  const found = createFindings(file);
  const root = readYaml(file, found);
  if (root === null) return { config: null, problems: found.problems };
  found.onlyKnown(root, "", ["jupyter_lab", "appyter", "yac", "commands"]);
  const base = dirname(file);
  const jupyter = found.group(root, "jupyter_lab", "");
  found.onlyKnown(jupyter, "jupyter_lab", ["environment"]);
  const environment = found.group(jupyter, "environment", "jupyter_lab");
  const commands = found.group(root, "commands", "");
  const config: JobTypesConfig = {
    file,
    jupyterLab: readEnvironment(found, environment, "jupyter_lab.environment", base),
    images: { appyter: readImage(found, root, "appyter", base), yac: readImage(found, root, "yac", base) },
    declared: Object.keys(commands).flatMap((id) => readDeclared(found, commands, id, base)),
  };
  return { config, problems: found.problems };
}

function readImage(found: Findings, root: Json, id: string, base: string): string | null {
  if (own(root, id) === undefined) return null;
  const group = found.group(root, id, "");
  found.onlyKnown(group, id, ["image"]);
  return readPath(found, group, "image", id, base);
}

function readYaml(file: string, found: Findings): Json | null {
  const fail = (problem: string, remedy: string): null => {
    found.problems.push({ where: "STOA_JOB_TYPES", problem: `names ${file}, which ${problem}`, remedy });
    return null;
  };
  let source: string;
  try {
    if (statSync(file).size > LARGEST) return fail("is too large to be a list of job types", "Correct the path.");
    source = readFileSync(file, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown";
    return fail(`can't be read (${reason})`, "Correct the path, or make the file readable.");
  }
  const document = parseDocument(source);
  const fault = document.errors[0];
  if (fault !== undefined) {
    return fail(`is not valid YAML at line ${fault.linePos?.[0].line ?? 1} (${fault.code})`, "Correct that line.");
  }
  try {
    const root: unknown = document.toJS({ maxAliasCount: 10 });
    return isGroup(root) ? root : fail("is not a group of settings", "Write lines such as commands: ….");
  } catch {
    return fail("refers to itself too often", "Write the values out.");
  }
}
