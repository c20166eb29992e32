import { StoaError } from "../errors/stoa-error.ts";
import { expectationOf } from "./input/expectations.ts";
import { InvalidInput } from "./input/invalid-input.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });
const maxDepth = 64;

type SecureParse = (text: string) => unknown;

/**
 * Reads a JSON body. Refuses what would be lost or misused in silence: invalid UTF-8, integers that a
 * double can't hold, nesting that would overflow a later walk, and `__proto__` (by `parse`).
 * An empty body is `undefined`, so that the route's schema says whether one is needed.
 * @throws StoaError malformed_json, with the parser's reason in `details.reason`; InvalidInput
 */
export function readJsonBody(body: Buffer, parse: SecureParse): unknown {
  if (body.length === 0) return undefined;
  const value = parseText(decode(body), parse);
  if (typeof value === "object" && value !== null) checkInside(value);
  else checkNumber(value, ["body"]);
  return value;
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw malformed("not valid UTF-8");
  }
}

function parseText(text: string, parse: SecureParse): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw malformed(error instanceof SyntaxError ? withoutExcerpt(error.message) : "not valid JSON");
  }
}

/** V8 quotes the text around the mistake, which may be a password. */
function withoutExcerpt(message: string): string {
  return message.replace(/, (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/su, "");
}

function malformed(reason: string): StoaError {
  return new StoaError("malformed_json", { details: { reason } });
}

/** Without recursion: a hostile body must not exhaust the stack. */
function checkInside(root: object): void {
  const open: { value: object; at: readonly (string | number)[] }[] = [{ value: root, at: ["body"] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, at } = next;
    if (at.length > maxDepth) throw new InvalidInput([{ at: ["body"], input: null, ...expectationOf("depth", {}) }]);
    const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
    for (const key of keys) {
      const inner: unknown = Reflect.get(value, key);
      if (typeof inner === "object" && inner !== null) open.push({ value: inner, at: [...at, key] });
      else if (typeof inner === "number") checkNumber(inner, [...at, key]);
    }
  }
}

function checkNumber(value: unknown, at: readonly (string | number)[]): void {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return;
  // 1e400 is Infinity here; fractions lose digits as everywhere.
  if (Number.isFinite(value) && !Number.isInteger(value)) return;
  throw new InvalidInput([{ at, input: String(value), ...expectationOf("safeInteger", {}) }]);
}
