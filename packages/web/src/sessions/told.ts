import type { TFunction } from "i18next";
import type { Saying, Told } from "../api/types.ts";

/** A sentence about a session in the reader's language; one without a code as it came. */
export function tellIn(t: TFunction, told: Told): string {
  const { because } = told;
  return one(t, told, because === null ? {} : { reason: one(t, because) });
}

function one(t: TFunction, { text, code, params }: Saying, inside: Readonly<Record<string, string>> = {}): string {
  return code === null ? text : t(`sessionTold.${code}`, { ...params, ...inside, defaultValue: text });
}
