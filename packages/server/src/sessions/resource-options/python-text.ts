/** Contract 3's messages show values as Python does: its clients compare them. */

/** `type(value).__name__`. JSON has one kind of number: a whole one is an int. */
export function pythonType(value: unknown): string {
  if (value === null || value === undefined) return "NoneType";
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return Array.isArray(value) ? "list" : "dict";
}

/** `str(value)`. */
export function pythonText(value: unknown): string {
  return typeof value === "string" ? value : pythonRepr(value);
}

/** `repr(value)`. */
export function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return numberText(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, inner]) => `${quoted(key)}: ${pythonRepr(inner)}`)
    .join(", ")}}`;
}

/** Whole numbers in full; exponents with two digits at least. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : value < 0 ? "-inf" : "nan";
  if (Number.isInteger(value)) return BigInt(value).toString();
  // Python changes to exponents below 1e-4, JavaScript below 1e-6.
  const text = Math.abs(value) < 1e-4 ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
/** What Python does not print: all of the categories Other and Separator, but for the space. */
const ESCAPED = /[\\\p{C}\p{Zl}\p{Zp}\p{Zs}]/gu;

/** Single quotes, unless the text holds some and no double ones. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text.replace(ESCAPED, (c) => (c === " " ? c : (ESCAPES[c] ?? hex(c))));
  return quote + (quote === "'" ? inner.replaceAll("'", "\\'") : inner) + quote;
}

function hex(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const [sign, places] = code < 0x100 ? ["x", 2] : code < 0x10000 ? ["u", 4] : ["U", 8];
  return `\\${sign}${code.toString(16).padStart(places as number, "0")}`;
}
