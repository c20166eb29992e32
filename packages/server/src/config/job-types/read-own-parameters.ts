import { type Findings, isGroup, type Json, join, own } from "../uws/findings.ts";
import type { DeclaredParameter } from "./job-types-config.ts";

type Validation = DeclaredParameter["validation"];
type Type = Validation["type"];

const TYPES: readonly Type[] = ["str", "int", "float", "bool", "list", "dict"];
const KNOWN = [...["name", "label", "description", "type", "default", "min", "max", "required", "choices"]] as const;
/** Those of the resource, which all job types have. */
const TAKEN = new Set(["num_cpus", "memory_mb", "time_limit_min", "gpu_enabled"]);
const EMPTY: Readonly<Record<Type, unknown>> = { str: "", int: 0, float: 0, bool: false, list: [], dict: {} };

/** A declared command's own parameters, in contract 3's shape. */
export function readOwnParameters(found: Findings, entry: Json, parent: string): DeclaredParameter[] {
  const value = own(entry, "parameters") ?? [];
  const path = join(parent, "parameters");
  if (!Array.isArray(value)) {
    found.report(path, "is not a list", "Write one parameter a line, with - before it.");
    return [];
  }
  const names = new Set<string>(TAKEN);
  return value.flatMap((one: unknown, index) => {
    const at = `${path}[${index}]`;
    if (!isGroup(one)) {
      found.report(at, "is not a group of settings", "Write name and type below it.");
      return [];
    }
    const parameter = readParameter(found, one, at);
    if (parameter === null) return [];
    const { variable_name: name } = parameter;
    if (names.has(name)) found.report(join(at, "name"), `is "${name}", which is taken`, "Choose another name.");
    names.add(name);
    return [parameter];
  });
}

function readParameter(found: Findings, entry: Json, path: string): DeclaredParameter | null {
  found.onlyKnown(entry, path, KNOWN);
  const name = found.text(entry, "name", path);
  const type = TYPES.find((one) => one === own(entry, "type"));
  if (type === undefined) {
    found.report(join(path, "type"), "is none of the types known here", `Choose one of ${TYPES.join(", ")}.`);
  }
  if (name === null || type === undefined) return null;
  if (!/^[A-Za-z_]\w{0,63}$/.test(name)) {
    found.report(join(path, "name"), "is no name", "Use letters, digits and _.");
    return null;
  }
  const validation: Validation = {
    type,
    ...readBounds(found, entry, path, type),
    required: own(entry, "required") === true,
    ...readChoices(found, entry, path, type),
  };
  const value = own(entry, "default") ?? validation.choices?.[0] ?? EMPTY[type];
  if (own(entry, "default") !== undefined && !fits(value, validation)) {
    found.report(join(path, "default"), "does not fit its own type, bounds or choices", "Correct it.");
  }
  return {
    display_name: textOr(own(entry, "label"), name),
    description: textOr(own(entry, "description"), ""),
    variable_name: name,
    default_value: value,
    validation,
  };
}

function readBounds(found: Findings, entry: Json, path: string, type: Type): Pick<Validation, "min" | "max"> {
  const bounds: { min?: number; max?: number } = {};
  for (const key of ["min", "max"] as const) {
    const value = own(entry, key);
    if (value === undefined || value === null) continue;
    if (type !== "int" && type !== "float") found.report(join(path, key), `means nothing to ${type}`, "Remove it.");
    else if (typeof value === "number" && Number.isFinite(value)) bounds[key] = value;
    else found.report(join(path, key), "is not a number", "Write a number.");
  }
  if (bounds.min !== undefined && bounds.max !== undefined && bounds.min > bounds.max) {
    found.report(path, "has a min above its max", "Correct one of them.");
  }
  return bounds;
}

function readChoices(found: Findings, entry: Json, path: string, type: Type): Pick<Validation, "choices"> {
  const value = own(entry, "choices");
  if (value === undefined) return {};
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const fitting = list.filter((one): one is string | number =>
    type === "str" ? typeof one === "string" : isNumber(one, type),
  );
  if (list.length > 0 && fitting.length === list.length) return { choices: fitting };
  found.report(join(path, "choices"), `is not a list of values of type ${type}`, "Correct it; of str, int or float.");
  return {};
}

function fits(value: unknown, { type, min, max, choices }: Validation): boolean {
  if (choices !== undefined && !choices.some((choice) => choice === value)) return false;
  switch (type) {
    case "str":
      return typeof value === "string" && !value.includes("\0");
    case "bool":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "dict":
      return isGroup(value);
    default:
      return isNumber(value, type) && (min === undefined || value >= min) && (max === undefined || value <= max);
  }
}

function isNumber(value: unknown, type: Type): value is number {
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  return type === "float" || (type === "int" && Number.isSafeInteger(value));
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value.trim() : otherwise;
}
