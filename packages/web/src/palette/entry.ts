import type { Icon } from "../pieces/icons.ts";
import { fold, score } from "./matching.ts";

export type EntryGroup = "recent" | "commands" | "places" | "sessions" | "workspaces" | "groups" | "people";

/** Something to go to, or to do. */
export interface Entry {
  /** The same every time: recent ones are kept by it. */
  readonly id: string;
  readonly group: EntryGroup;
  readonly icon: Icon;
  readonly name: string;
  /** What tells it from others of that name. */
  readonly under?: string | undefined;
  /** Other words that it is found by. */
  readonly also?: string | undefined;
  /** Stays away until something is typed. */
  readonly asked?: boolean;
  /** The address that it leads to, below the portal's; left out: it does something. */
  readonly path?: string;
  /** The part of that page which is meant. */
  readonly hash?: string;
  /** It does something that takes a while, or may fail. @param close when the palette can go before all of it is done */
  run?(close: () => void): unknown;
}

const mostOfOne = 6;

/** Those that answer the query, best first in each group. */
export function answering(entries: readonly Entry[], tokens: readonly string[]): Entry[] {
  if (tokens.length === 0) return entries.filter(({ asked }) => !asked);
  const scored = entries
    .map((entry) => ({
      entry,
      points: score(fold(`${entry.name} ${entry.under ?? ""} ${entry.also ?? ""}`), tokens),
    }))
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points);
  const taken = new Map<EntryGroup, number>();
  return scored.flatMap(({ entry }) => {
    const count = (taken.get(entry.group) ?? 0) + 1;
    taken.set(entry.group, count);
    return count > mostOfOne ? [] : [entry];
  });
}
