import type { Need } from "./need.ts";

/** With what a part itself says of its trouble in the reader's language, where it says it in theirs. */
export function presentNeed({ params, at, ...need }: Need, language: "en" | "fa") {
  const { message_fa, ...others } = params;
  const isPersian = language === "fa" && message_fa !== undefined;
  return { ...need, at: at.toISOString(), params: isPersian ? { ...others, message: message_fa } : others };
}
