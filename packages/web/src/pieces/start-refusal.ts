import type { TFunction } from "i18next";
import type { SessionType } from "../api/types.ts";
import { tellIn } from "../sessions/told.ts";

/** The reason why a person may start nothing at all, when it is one for all; null otherwise. */
export function startRefusal(types: readonly Pick<SessionType, "refused">[] | undefined): string | null {
  const reason = types?.[0]?.refused ?? null;
  return reason !== null && types?.every(({ refused }) => refused === reason) === true ? reason : null;
}

/** Why one type can't be started, in the reader's language; null: it can. */
export function refusalIn(t: TFunction, type: Pick<SessionType, "refused" | "refused_told">): string | null {
  if (type.refused === null || type.refused_told === null) return type.refused;
  // Until all words are there, what the server said in its own.
  return tellIn(t, { ...type.refused_told, text: type.refused });
}
