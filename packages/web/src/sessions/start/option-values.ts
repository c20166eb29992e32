import { givenOptions, type ResourceOptions } from "../../api/sessions.ts";
import type { OptionValue, Parameter } from "../../api/types.ts";

/** What was chosen last where the parameter still takes it, else its default. */
export function firstValues(parameters: readonly Parameter[], last: ResourceOptions): ResourceOptions {
  return Object.fromEntries(
    parameters.flatMap((one): [string, OptionValue][] => {
      const chosen = last[one.variable_name];
      const value = chosen !== undefined && fits(one, chosen) ? chosen : one.default_value;
      return value === null ? [] : [[one.variable_name, value]];
    }),
  );
}

/**
 * Whether an option can wait below a fold: nobody has to say it, and it is written, not chosen (environment variables,
 * lists of packages, a text of one's own).
 */
export function isForFew({ validation: { type, required, choices = [] } }: Parameter): boolean {
  const written = type === "list" || type === "dict" || type === "str";
  return required !== true && written && choices.length === 0;
}

/** Options as they were kept; none where they can't be read. */
export function optionsIn(text: string | undefined): ResourceOptions {
  try {
    const kept: unknown = JSON.parse(text ?? "null");
    return typeof kept === "object" && kept !== null && !Array.isArray(kept) ? givenOptions(kept) : {};
  } catch {
    return {};
  }
}

/** Whether the server would take it. */
export function fits({ validation }: Parameter, value: OptionValue): boolean {
  const { type, min, max, required, choices } = validation;
  if (choices !== undefined && choices.length > 0) return choices.some((choice) => choice === value);
  if (type === "bool") return typeof value === "boolean";
  if (type === "list") return Array.isArray(value);
  if (type === "dict") return typeof value === "object" && !Array.isArray(value);
  if (type !== "int" && type !== "float") return typeof value === "string" && (required !== true || value !== "");
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  if (type === "int" && !Number.isInteger(value)) return false;
  return value >= (min ?? -Infinity) && value <= (max ?? Infinity);
}

const roundSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_000, 5_000, 10_000, 50_000, 100_000];
const powersOfTwo = [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768];
const mostStops = 33;

/**
 * Where a slider from `min` to `max` stops: at round values (powers of two where both ends are multiples of them), so
 * that a hand finds them; other values are typed. Both ends are among them.
 */
export function stopsOf(min: number, max: number, isWhole: boolean): readonly number[] {
  const span = max - min;
  if (span <= 0) return [min];
  if (!isWhole) return Array.from({ length: 21 }, (_, at) => Number((min + (span * at) / 20).toPrecision(6)));
  const steps = min % 256 === 0 && max % 256 === 0 ? powersOfTwo : roundSteps;
  const step = steps.find((one) => span / one < mostStops) ?? span;
  const stops = new Set([min]);
  for (let value = Math.ceil((min + 1) / step) * step; value < max; value += step) stops.add(value);
  return [...stops.add(max)];
}

/** Which of the stops is nearest to a value. */
export function nearestStop(stops: readonly number[], value: number): number {
  let best = 0;
  stops.forEach((stop, at) => {
    if (Math.abs(stop - value) < Math.abs((stops[best] ?? 0) - value)) best = at;
  });
  return best;
}

/** A list as people write it: one thing a line. */
export const listOf = (text: string): readonly string[] => linesOf(text);

export const textOfList = (value: OptionValue | undefined): string =>
  Array.isArray(value) ? value.map(textOf).join("\n") : "";

/** A table as people write it, `name=value` a line; null while a line isn't one. */
export function tableOf(text: string): Readonly<Record<string, string>> | null {
  const pairs = linesOf(text).map((line) => /^([^=]*[^=\s])\s*=\s*(.*)$/.exec(line));
  if (pairs.includes(null)) return null;
  return Object.fromEntries(pairs.map((pair): [string, string] => [pair?.[1] ?? "", pair?.[2] ?? ""]));
}

export const textOfTable = (value: OptionValue | undefined): string =>
  typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value)
        .map(([name, one]) => `${name}=${textOf(one)}`)
        .join("\n")
    : "";

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
