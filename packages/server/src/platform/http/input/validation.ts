import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { perSchema } from "../per-schema.ts";
import { expectationOf } from "./expectations.ts";
import { type InputIssue, InvalidInput } from "./invalid-input.ts";
import { coerceTexts } from "./text-coercion.ts";

const checkOf = perSchema((schema) => Compile(schema));

type Finding = { keyword: string; instancePath: string; params: object };

/**
 * Checks by TypeBox. Bodies are taken as they are: "5" is not 5. Queries, params and headers are text
 * by nature, so numbers and booleans are read from them, strictly. Compiled at the first use: a start
 * must not pay for two hundred schemas.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  let check: ReturnType<typeof checkOf> | undefined;
  const part = httpPart ?? "body";
  return (input: unknown) => {
    check ??= checkOf(schema);
    const value = part === "body" ? input : coerceTexts(schema, input);
    if (check.Check(value)) return { value };
    return { error: new InvalidInput(issuesOf(check.Errors(value), part, value)) };
  };
};

function issuesOf(findings: readonly Finding[], part: string, value: unknown): InputIssue[] {
  // A union reports each of its members, then itself: the last word is enough.
  const unions = findings.filter((found) => found.keyword === "anyOf").map((found) => found.instancePath);
  const issues = findings
    .filter((found) => found.keyword === "anyOf" || !unions.some((path) => within(path, found.instancePath)))
    .flatMap((found) => expand(found, part, value));
  return issues.slice(0, 20);
}

function within(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}

/** A missing property is reported of its object: here it is said of itself. */
function expand(found: Finding, part: string, value: unknown): InputIssue[] {
  const at = [part, ...stepsOf(found.instancePath)];
  const input = valueAt(value, at.slice(1));
  const missing = "requiredProperties" in found.params ? found.params.requiredProperties : null;
  if (!Array.isArray(missing)) return [{ at, input, ...expectationOf(found.keyword, found.params) }];
  return missing.map((name) => ({ at: [...at, String(name)], input, ...expectationOf("required", {}) }));
}

function stepsOf(pointer: string): (string | number)[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

function valueAt(value: unknown, steps: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of steps) {
    if (typeof current !== "object" || current === null) return undefined;
    current = Object.hasOwn(current, step) ? Reflect.get(current, step) : undefined;
  }
  return current;
}
