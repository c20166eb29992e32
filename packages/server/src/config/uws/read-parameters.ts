import { type Findings, isGroup, type Json, join, own } from "./findings.ts";
import type { UwsParameter } from "./uws-config.ts";

type Type = UwsParameter["validation"]["type"];
const TYPES: readonly Type[] = ["str", "int", "float", "bool"];
/** Those that sessions themselves go by: the type that they count in, and how far they count, from 1. */
const OURS: Readonly<Record<string, { readonly type: Type; readonly most?: number }>> = {
  num_cpus: { type: "int", most: 4_096 },
  memory_mb: { type: "int", most: 2 ** 30 },
  time_limit_min: { type: "int", most: 525_600 },
  gpu_enabled: { type: "bool" },
};

/** Contract 3's list of what may be asked of a resource. Null when the file has none. */
export function readParameters(found: Findings, value: unknown): UwsParameter[] | null {
  if (value === undefined) return null;
  if (!Array.isArray(value)) {
    found.report("parameters", "is not a list", "Write it as [ … ].");
    return null;
  }
  const names = new Set<string>();
  return value.flatMap((entry: unknown, index) => {
    const path = `parameters[${index}]`;
    if (!isGroup(entry)) {
      found.report(path, "is not a group of settings", "Write it as { … }.");
      return [];
    }
    const parameter = readParameter(found, entry, path);
    if (parameter === null) return [];
    if (names.has(parameter.variable_name)) {
      found.report(join(path, "variable_name"), `is "${parameter.variable_name}" a second time`, "Remove one of them.");
    }
    names.add(parameter.variable_name);
    return [parameter];
  });
}

function readParameter(found: Findings, entry: Json, path: string): UwsParameter | null {
  found.onlyKnown(entry, path, ["display_name", "description", "variable_name", "default_value", "validation"]);
  const name = found.text(entry, "variable_name", path);
  const rules = found.group(entry, "validation", path);
  const type = readType(found, rules, path, name);
  if (name === null || type === null) return null;
  if (!/^[A-Za-z_]\w{0,63}$/.test(name)) {
    found.report(join(path, "variable_name"), "is no name", "Use letters, digits and _.");
    return null;
  }
  const bounds = withinOurs(name, readBounds(found, rules, path));
  const value = own(entry, "default_value");
  if (!fits(value, type, bounds)) {
    const within = bounds.min === undefined && bounds.max === undefined ? "" : " within min and max";
    found.report(join(path, "default_value"), `is not of type ${type}${within}`, "Correct it.");
    return null;
  }
  return {
    display_name: textOr(own(entry, "display_name"), name),
    description: textOr(own(entry, "description"), ""),
    variable_name: name,
    default_value: value,
    validation: { type, ...bounds, required: own(rules, "required") === true },
  };
}

function readType(found: Findings, rules: Json, path: string, name: string | null): Type | null {
  const at = `${path}.validation.type`;
  const given = own(rules, "type");
  const type = TYPES.find((known) => known === given) ?? null;
  if (type === null) found.report(at, "is none of the types known here", `Choose one of ${TYPES.join(", ")}.`);
  const needed = ourOwn(name)?.type;
  if (type === null || needed === undefined || needed === type) return type;
  found.report(at, `is ${type}, but ${name} is counted as ${needed}`, `Write ${needed}.`);
  return null;
}

function ourOwn(name: string | null) {
  return name !== null && Object.hasOwn(OURS, name) ? OURS[name] : undefined;
}

/** Nobody asks for minus five processors, whatever the file leaves open. */
function withinOurs(name: string, bounds: { min?: number; max?: number }): { min?: number; max?: number } {
  const most = ourOwn(name)?.most;
  if (most === undefined) return bounds;
  return { min: Math.max(1, bounds.min ?? 1), max: Math.min(most, bounds.max ?? most) };
}

function readBounds(found: Findings, rules: Json, path: string): { min?: number; max?: number } {
  const bounds: { min?: number; max?: number } = {};
  for (const key of ["min", "max"] as const) {
    const value = own(rules, key);
    if (typeof value === "number" && Number.isFinite(value)) bounds[key] = value;
    else if (value !== undefined && value !== null) {
      found.report(`${path}.validation.${key}`, "is not a number", "Write a number.");
    }
  }
  if (bounds.min !== undefined && bounds.max !== undefined && bounds.min > bounds.max) {
    found.report(`${path}.validation`, "has a min above its max", "Correct one of them.");
  }
  return bounds;
}

function fits(
  value: unknown,
  type: Type,
  { min, max }: { min?: number; max?: number },
): value is number | boolean | string {
  if (type === "str") return typeof value === "string";
  if (type === "bool") return typeof value === "boolean";
  if (typeof value !== "number" || (type === "int" && !Number.isSafeInteger(value))) return false;
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
