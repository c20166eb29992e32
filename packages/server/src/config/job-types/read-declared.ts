import { type Findings, isGroup, type Json, join, own } from "../uws/findings.ts";
import type { DeclaredParameter, DeclaredType } from "./job-types-config.ts";
import { readPath } from "./read-environment.ts";
import { readOwnParameters } from "./read-own-parameters.ts";
import { parseTemplate, type TemplatePart } from "./template.ts";

const KNOWN = [
  ...["name", "icon", "command", "ready", "environment", "environment_folder", "resources", "parameters"],
] as const;
const WAYS = ["socket", "port", "started"] as const;
const RESOURCES = ["num_cpus", "memory_mb", "time_limit_min", "gpu_enabled"];
const USUAL_RESOURCES = ["num_cpus", "memory_mb", "time_limit_min"];
/** Ours can't be declared anew. */
const OURS = new Set(["terminal", "local_test_job", "jupyter_lab", "appyter", "yac", "code"]);
/** What the session itself says to its program. */
const NOT_TO_SET = /^(HOME|USER|LOGNAME|PATH|TMPDIR|STOA_.*|LD_.*)$/;

/** One of `commands`: none, and its problems reported, where it can't be one. */
export function readDeclared(found: Findings, commands: Json, id: string, base: string): DeclaredType[] {
  const path = `commands.${id}`;
  const entry = own(commands, id);
  if (!isGroup(entry)) {
    found.report(path, "is not a group of settings", "Write name, command and ready below it.");
    return [];
  }
  found.onlyKnown(entry, path, KNOWN);
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(id)) {
    found.report(path, "is no name for a job type", "Use letters, digits, _, . and -, 64 at most.");
  } else if (OURS.has(id)) found.report(path, "is one of Stoa's own job types", "Choose another name.");
  const ready = readReady(found, entry, path);
  const templates = readCommand(found, entry, path);
  const parameters = readOwnParameters(found, entry, path);
  checkHoles(found, templates, path, ready, parameters);
  const [program, ...args] = templates;
  return [
    {
      id,
      name: found.text(entry, "name", path) ?? id,
      icon: textOr(own(entry, "icon"), "apps"),
      program: program?.map((part) => ("text" in part ? part.text : "")).join("") ?? "",
      args,
      ready: ready ?? "started",
      environment: readVariables(found, entry, path),
      environmentFolder:
        own(entry, "environment_folder") === undefined
          ? null
          : readPath(found, entry, "environment_folder", path, base),
      resources: readResources(found, entry, path),
      parameters: parameters.map((parameter) => ({
        ...parameter,
        validation: { ...parameter.validation, alone: standsAlone(parameter, args) },
      })),
    },
  ];
}

function readReady(found: Findings, entry: Json, path: string): DeclaredType["ready"] | null {
  const value = own(entry, "ready");
  const ready = WAYS.find((way) => way === value) ?? null;
  if (ready === null) {
    const problem = value === undefined ? "is missing" : "is none of the words known here";
    found.report(join(path, "ready"), problem, `Write one of ${WAYS.join(", ")}.`);
  }
  return ready;
}

function readCommand(found: Findings, entry: Json, path: string): (readonly TemplatePart[])[] {
  const at = join(path, "command");
  const value = own(entry, "command");
  if (!Array.isArray(value) || value.length === 0) {
    found.report(at, "is not a list of arguments", 'Write it as in ["program", "--port={port}"].');
    return [];
  }
  const templates = value.map((argument: unknown, index) => {
    const text = ["string", "number", "boolean"].includes(typeof argument) ? String(argument) : null;
    const parts = text === null || text.includes("\0") ? null : parseTemplate(text);
    if (parts === null) {
      const problem = text === null ? "is no text" : "has a brace that is no hole";
      found.report(`${at}[${index}]`, problem, "Write {socket}, {param.NAME} and the like; {{ and }} for braces.");
    }
    return parts ?? [];
  });
  if (templates[0]?.length !== 1 || !("text" in (templates[0][0] ?? {}))) {
    found.report(`${at}[0]`, "is not the name of a program", "Write a name or an absolute path, without holes.");
  }
  return templates;
}

function checkHoles(
  found: Findings,
  templates: readonly (readonly TemplatePart[])[],
  path: string,
  ready: DeclaredType["ready"] | null,
  parameters: readonly DeclaredParameter[],
): void {
  const own = parameters.map((parameter) => `param.${parameter.variable_name}`);
  const resources = RESOURCES.map((name) => `param.${name}`);
  const place = ready === "socket" || ready === "port" ? [ready] : [];
  const known = [...place, "base_url", "workspace", "job_id", ...resources, ...own];
  for (const [index, template] of templates.entries()) {
    for (const part of template) {
      if ("text" in part || known.includes(part.hole)) continue;
      const remedy = `Known here are ${known.map((hole) => `{${hole}}`).join(", ")}.`;
      found.report(`${join(path, "command")}[${index}]`, `has the unknown {${part.hole}}`, remedy);
    }
  }
}

function readVariables(found: Findings, entry: Json, path: string): Readonly<Record<string, string>> {
  const at = join(path, "environment");
  const group = found.group(entry, "environment", path);
  return Object.fromEntries(
    Object.entries(group).flatMap(([name, value]) => {
      const isText = ["string", "number", "boolean"].includes(typeof value) && !String(value).includes("\0");
      if (/^[A-Za-z_]\w*$/.test(name) && !NOT_TO_SET.test(name) && isText) return [[name, String(value)] as const];
      found.report(join(at, name), "can't be set", "Choose another variable, with a text as its value.");
      return [];
    }),
  );
}

function readResources(found: Findings, entry: Json, path: string): readonly string[] {
  const value = own(entry, "resources");
  if (value === undefined) return USUAL_RESOURCES;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.every((one) => typeof one === "string" && /^[A-Za-z_]\w{0,63}$/.test(one))) return list as string[];
  found.report(join(path, "resources"), "is not a list of parameters' names", `Name such as ${RESOURCES.join(", ")}.`);
  return USUAL_RESOURCES;
}

/**
 * Where nothing is before it, a text that begins with `-` would be an option of the program. Other parameters are
 * nothing when they are empty.
 */
function standsAlone({ variable_name }: DeclaredParameter, args: DeclaredType["args"]): boolean {
  return args.some((parts) => {
    const end = parts.findIndex((part) => "text" in part || !part.hole.startsWith("param."));
    const first = end === -1 ? parts : parts.slice(0, end);
    return first.some((part) => "hole" in part && part.hole === `param.${variable_name}`);
  });
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : otherwise;
}
