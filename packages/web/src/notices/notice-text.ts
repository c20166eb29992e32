import type { TFunction } from "i18next";
import type { Notice } from "../api/notices.ts";
import type { Format } from "../locales/format.ts";
import { sizeOf } from "../storage/size-of.ts";

type Shown = Pick<Format, "dateTime" | "number">;
type Told = Pick<Notice, "kind" | "values" | "text">;

/** A notice as one sentence in the reader's language. What the portal does not know the server says. */
export function noticeText(t: TFunction, format: Shown, { kind, values, text }: Told): string {
  const shown = Object.entries(values).map(([name, value]) => [name, shownValue(t, format, name, value)]);
  const variant = variantOf(values);
  const filled: Record<string, string> = Object.fromEntries(shown);
  return t(`notices.said.${kind}`, {
    ...filled,
    ...(variant === null ? {} : { context: variant }),
    defaultValue: text,
  });
}

/** Which of several sentences of a kind it is. */
function variantOf({ role, why, person }: Notice["values"]): string | null {
  if (typeof role === "string") return role;
  if (typeof why === "string") return why;
  return person === null ? "own" : null;
}

function shownValue(t: TFunction, format: Shown, name: string, value: Notice["values"][string]) {
  if (typeof value === "number" && (name === "used" || name === "allowed")) return shownSize(t, format, value);
  if (typeof value !== "string") return name === "agent" && value === null ? t("notices.aProgram") : value;
  if (name === "at" || name === "until") return format.dateTime(value);
  if (name === "operation") return t(`kinds.${value}`, { defaultValue: value });
  return value;
}

/** Bytes, as everywhere about storage. */
function shownSize(t: TFunction, format: Shown, bytes: number): string {
  const { value, unit, places } = sizeOf(bytes);
  return t(`storage.unit.${unit}`, { n: format.number(value, places) });
}
