import { type InputIssue, InvalidInput } from "../../platform/http/input/invalid-input.ts";

export interface StorageWish {
  readonly name: string;
  /** Bytes; null: left out, or 0: what there is stays. */
  readonly quota: number | null;
}

/**
 * Contract 1's body, as leniently as its callers know it: numbers may come as texts, fields that nobody knows are
 * let be. @throws InvalidInput in FastAPI's words
 */
export function readWish(body: unknown): StorageWish {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw refusal(
      [],
      body,
      "model_attributes_type",
      "Input should be a valid dictionary or object to extract fields from",
    );
  }
  const { name, quota } = body as Readonly<Record<string, unknown>>;
  if (name === undefined) throw refusal(["name"], body, "missing", "Field required");
  if (typeof name !== "string") throw refusal(["name"], name, "string_type", "Input should be a valid string");
  const bytes = quota === undefined ? 0 : readQuota(quota);
  return { name, quota: bytes === 0 ? null : bytes };
}

function readQuota(given: unknown): number {
  const value = typeof given === "string" && /^\s*[+-]?\d+\s*$/.test(given) ? Number(given) : given;
  if (typeof value === "string") {
    throw refusal(
      ["quota"],
      given,
      "int_parsing",
      "Input should be a valid integer, unable to parse string as an integer",
    );
  }
  if (typeof value !== "number") throw refusal(["quota"], given, "int_type", "Input should be a valid integer");
  if (!Number.isInteger(value)) {
    const msg = "Input should be a valid integer, got a number with a fractional part";
    throw refusal(["quota"], given, "int_from_float", msg);
  }
  if (value < 0) throw refusal(["quota"], given, "greater_than_equal", "Input should be greater than or equal to 0");
  if (value > Number.MAX_SAFE_INTEGER) {
    const msg = `Input should be less than or equal to ${Number.MAX_SAFE_INTEGER}`;
    throw refusal(["quota"], given, "less_than_equal", msg);
  }
  return value;
}

function refusal(path: readonly string[], input: unknown, type: string, msg: string): InvalidInput {
  const issue: InputIssue = {
    at: ["body", ...path],
    input: input ?? null,
    expected: { en: msg.replace(/^Input should/, "should"), fa: "پذیرفته نیست" },
    pydantic: { type, msg },
  };
  return new InvalidInput([issue]);
}
