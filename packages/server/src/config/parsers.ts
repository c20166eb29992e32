import { isIP } from "node:net";
import { resolve } from "node:path";

/** As it was written: text from the environment; from YAML also a list (other scalars come as text). */
export type Raw = string | readonly string[];

/** Why a value was not taken: completes the sentence "STOA_PORT …". */
export class Refusal {
  readonly problem: string;
  readonly remedy: string;
  constructor(problem: string, remedy: string) {
    this.problem = problem;
    this.remedy = remedy;
  }
}

/** Where relative paths and `~` lead. */
export interface Place {
  readonly cwd: string;
  readonly home: string;
}

/** What kind of field in a form fits a value. */
export type Form =
  | { readonly kind: "choice"; readonly words: readonly string[] }
  | { readonly kind: "number" | "size" | "time" | "list" | "text" };

/** Turns what was written into a value, or says why not. */
export interface Parser<T> {
  readonly form: Form;
  /** For the docs page: what may stand here. */
  readonly accepts: string;
  parse(raw: Raw, place: Place): T | Refusal;
  /** The other way round, for the docs page and `stoa config print`. */
  show(value: T): string;
}

function single<T>(
  accepts: string,
  parse: (raw: string, place: Place) => T | Refusal,
  show: (value: T) => string = String,
  form: Form = { kind: "text" },
): Parser<T> {
  return {
    accepts,
    form,
    show,
    parse: (raw, place) =>
      typeof raw === "string" ? parse(raw.trim(), place) : new Refusal("is a list", `Give one value: ${accepts}.`),
  };
}

/** Any text. */
export const text: Parser<string> = single("text", (raw) => raw);

/** A whole number within bounds. */
export function integer(min: number, max: number, what = "a whole number"): Parser<number> {
  const accepts = `${what}, ${min} to ${max}`;
  const parse = (raw: string): number | Refusal => {
    const value = /^\d+$/.test(raw) ? Number(raw) : Number.NaN;
    return value >= min && value <= max ? value : new Refusal(`is not ${what}`, `Choose ${min} to ${max}.`);
  };
  return single(accepts, parse, String, { kind: "number" });
}

/** A range of whole numbers, both ends included. */
export function numberRange(min: number, max: number): Parser<{ readonly first: number; readonly last: number }> {
  const remedy = `Write two numbers such as 200000-299999, from ${min} to ${max}.`;
  return single(
    `a range such as \`200000-299999\`, ${min} to ${max}`,
    (raw) => {
      const match = /^(\d+)\s*-\s*(\d+)$/.exec(raw);
      const [first, last] = [Number(match?.[1] ?? Number.NaN), Number(match?.[2] ?? Number.NaN)];
      return first >= min && last <= max && first < last ? { first, last } : new Refusal("is not such a range", remedy);
    },
    ({ first, last }) => `${first}-${last}`,
  );
}

/** Core hours, for each calendar month or in all. */
export interface CoreHours {
  /** A decimal text with up to five places. */
  readonly allowed: string;
  readonly period: "month" | "total";
}

export const coreHours: Parser<CoreHours> = single(
  "core hours for each month (`40/month`) or in all (`500`)",
  (raw) => {
    const [, allowed, month] = /^(\d{1,9}(?:\.\d{1,5})?)\s*(\/\s*month)?$/.exec(raw) ?? [];
    if (allowed === undefined) return new Refusal("is no number of core hours", "Write 40/month, or 500 for all time.");
    return { allowed, period: month === undefined ? "total" : "month" };
  },
  ({ allowed, period }) => (period === "month" ? `${allowed}/month` : allowed),
);

/** One of a few words. */
export function oneOf<const T extends string>(...words: readonly T[]): Parser<T> {
  const listed = words.map((word) => `\`${word}\``).join(", ");
  const parse = (raw: string): T | Refusal => {
    const word = words.find((candidate) => candidate === raw.toLowerCase());
    return word ?? new Refusal("is none of the words known here", `Choose one of ${words.join(", ")}.`);
  };
  return single(listed, parse, String, { kind: "choice", words });
}

/** Comma-separated (or a YAML list); each part by a parser of its own. */
export function listOf<T>(item: Parser<T>): Parser<readonly T[]> {
  return {
    accepts: `comma-separated: ${item.accepts}`,
    form: { kind: "list" },
    show: (values) => values.map((value) => item.show(value)).join(","),
    parse(raw, place) {
      const parts = typeof raw === "string" ? raw.split(",") : raw;
      const values: T[] = [];
      for (const part of parts.map((p) => p.trim()).filter((p) => p !== "")) {
        const value = item.parse(part, place);
        if (value instanceof Refusal) return new Refusal(`has "${part}", which ${value.problem}`, value.remedy);
        values.push(value);
      }
      return values;
    },
  };
}

/** `name=value`, the value by a parser of its own. */
export function named<T>(item: Parser<T>): Parser<{ readonly name: string; readonly value: T }> {
  return single(
    `\`name=value\`, the value ${item.accepts}`,
    (raw, place) => {
      const [, name, rest] = /^([\w-]+)\s*=\s*(.*)$/.exec(raw) ?? [];
      if (name === undefined || rest === undefined) return new Refusal("is not `name=value`", "Write name=value.");
      const value = item.parse(rest, place);
      return value instanceof Refusal ? value : { name, value };
    },
    ({ name, value }) => `${name}=${item.show(value)}`,
  );
}

const BYTE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** A size; the value is in bytes. */
export function bytes(min: number, max: number): Parser<number> {
  const remedy = `Write bytes or a size such as 16MiB, from ${showBytes(min)} to ${showBytes(max)}.`;
  return single(
    `a size such as \`16MiB\`, ${showBytes(min)} to ${showBytes(max)}`,
    (raw) => {
      const match = /^(\d+)\s*([a-z]*)$/i.exec(raw);
      const unit = BYTE_UNITS[(match?.[2] ?? "").toLowerCase()];
      if (match === null || unit === undefined) return new Refusal("is not a size", remedy);
      const value = Number(match[1]) * unit;
      return value >= min && value <= max ? value : new Refusal("is out of bounds", remedy);
    },
    showBytes,
    { kind: "size" },
  );
}

function showBytes(value: number): string {
  for (const unit of ["TiB", "GiB", "MiB", "KiB"]) {
    const size = BYTE_UNITS[unit.toLowerCase()] ?? 1;
    if (value >= size && value % size === 0) return `${value / size}${unit}`;
  }
  return String(value);
}

const TIME_UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** A length of time; the value is in seconds. */
export function seconds(min: number, max: number): Parser<number> {
  const remedy = `Write seconds or a time such as 90s, 15m, 12h or 30d, from ${showSeconds(min)} to ${showSeconds(max)}.`;
  return single(
    `a time such as \`90s\`, \`12h\` or \`30d\`, ${showSeconds(min)} to ${showSeconds(max)}`,
    (raw) => {
      const match = /^(\d+)\s*([smhd]?)$/i.exec(raw);
      const unit = TIME_UNITS[(match?.[2] ?? "").toLowerCase()];
      if (match === null || unit === undefined) return new Refusal("is not a length of time", remedy);
      const value = Number(match[1]) * unit;
      return value >= min && value <= max ? value : new Refusal("is out of bounds", remedy);
    },
    showSeconds,
    { kind: "time" },
  );
}

function showSeconds(value: number): string {
  for (const unit of ["d", "h", "m"]) {
    const size = TIME_UNITS[unit] ?? 1;
    if (value >= size && value % size === 0) return `${value / size}${unit}`;
  }
  return `${value}s`;
}

/** A path; `~/` is the home directory, relative ones start at the working directory. The value is absolute. */
export const path: Parser<string> = single("a path", (raw, place) => {
  if (raw.includes("\0")) return new Refusal("has a NUL character", "Write a plain path.");
  if (raw === "~" || raw.startsWith("~/")) return resolve(place.home, raw.slice(2));
  return resolve(place.cwd, raw);
});

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** A host name, lower-case; `*.` in front is taken off. Not an address. */
export const domain: Parser<string> = single("a host name", (raw) => {
  const name = raw.toLowerCase().replace(/^\*\./, "").replace(/\.$/, "");
  if (HOST_NAME.test(name) && isIP(name) === 0) return name;
  return new Refusal("is not a host name", "Write a name such as sessions.example.org, without scheme, port or path.");
});

/** A host name or an IP address. */
export const host: Parser<string> = single("a host name or an address", (raw) => {
  const name = raw.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  if (isIP(name) !== 0 || HOST_NAME.test(name)) return name;
  return new Refusal("is neither a host name nor an address", "Write 127.0.0.1, 0.0.0.0, :: or a name, without port.");
});

/** Scheme, host and port; the value has no slash at the end. */
export const origin: Parser<string> = single("an origin such as `https://stoa.example.org`", (raw) => {
  const remedy = "Write scheme and host, and the port where it needs one: https://stoa.example.org.";
  const url = URL.canParse(raw) ? new URL(raw) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) return new Refusal("is not a web address", remedy);
  if (url.username !== "" || url.password !== "") return new Refusal("holds a name or password", remedy);
  if (url.pathname !== "/" || /[?#]/.test(raw)) return new Refusal("is more than an origin", remedy);
  return url.origin;
});

/** A URL of one of some schemes. The text is kept as written: it may hold a password, so no message repeats it. */
export function url(...schemes: readonly string[]): Parser<string> {
  const shape = schemes.map((scheme) => `${scheme}://…`).join(" or ");
  return single(shape, (raw) => {
    const scheme = URL.canParse(raw) ? new URL(raw).protocol.slice(0, -1) : "";
    return schemes.includes(scheme) ? raw : new Refusal("is not such a URL", `Write ${shape}.`);
  });
}

/** An IP address or a block of them (CIDR). */
export const addressBlock: Parser<string> = single("an address or a block such as `10.0.0.0/8`", (raw) => {
  const [address = "", bits, ...rest] = raw.split("/");
  const family = isIP(address);
  const limit = family === 4 ? 32 : 128;
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= limit);
  if (family !== 0 && fits && rest.length === 0) return raw;
  return new Refusal("is neither an address nor a block", "Write 10.1.2.3 or 10.0.0.0/8.");
});
