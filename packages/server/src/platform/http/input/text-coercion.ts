/** The part of a JSON schema that tells what a text may stand for. */
interface Shape {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly const?: unknown;
  readonly default?: unknown;
}

/**
 * Reads numbers and booleans from the texts of a query, of params or headers, and puts in the defaults.
 * Strict: `1.5`, `0x10`, an empty text and what is beyond 2^53 stay texts, so that the check refuses
 * them instead of another number being used.
 */
export function coerceTexts(schema: object, input: unknown): unknown {
  const properties = (schema as Shape).properties;
  if (properties === undefined || typeof input !== "object" || input === null) return input;
  const output: Record<string, unknown> = { ...input };
  for (const name of Object.keys(properties)) {
    const shape = properties[name] as Shape;
    if (Object.hasOwn(output, name)) output[name] = coerce(shape, output[name]);
    else if (shape.default !== undefined) output[name] = shape.default;
  }
  return output;
}

function coerce(shape: Shape, value: unknown): unknown {
  if (shape.type === "array") {
    const list = Array.isArray(value) ? value : [value];
    return shape.items === undefined ? list : list.map((item) => coerce(shape.items as Shape, item));
  }
  if (typeof value !== "string") return value;
  if (shape.anyOf !== undefined) return coerceUnion(shape.anyOf, value);
  if (typeof shape.const === "number") return readNumber(value);
  if (shape.type === "integer" || shape.type === "number") return readNumber(value, shape.type === "integer");
  if (shape.type === "boolean")
    return value === "true" || value === "1" ? true : value === "false" || value === "0" ? false : value;
  return value;
}

/** The first member that reads it as something else than a text; a text where none does. */
function coerceUnion(members: readonly Shape[], value: string): unknown {
  if (members.some((member) => member.const === value)) return value;
  for (const member of members) {
    const read = coerce(member, value);
    if (read !== value) return read;
  }
  return value;
}

function readNumber(text: string, whole = false): unknown {
  if (!(whole ? /^-?\d{1,16}$/ : /^-?\d{1,16}(\.\d{1,20})?$/).test(text)) return text;
  const number = Number(text);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? text : number;
}
