import type { SessionType } from "../api/types.ts";

/** The server's reason when a person may start nothing at all; null when there is something to start. */
export function startRefusal(types: readonly SessionType[] | undefined): string | null {
  if (!types || types.length === 0 || types.some(({ refused }) => refused === null)) return null;
  return types[0]?.refused ?? null;
}
