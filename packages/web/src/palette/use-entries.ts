import { useTranslation } from "react-i18next";
import type { Me, Session } from "../api/types.ts";
import { IconClock } from "../pieces/icons.ts";
import { answering, type Entry } from "./entry.ts";
import { tokensOf } from "./matching.ts";
import { recentOf } from "./recent.ts";
import { useThingCommands } from "./use-commands.ts";
import { usePortalEntries } from "./use-portal-commands.ts";
import { useSettings } from "./use-settings.ts";
import { useThings } from "./use-things.ts";

/** Without words: what was chosen last, then where one can go and what can be done. With words: what they name. */
export function useEntries(account: Me, typed: string, stop: (session: Session) => void) {
  const { i18n } = useTranslation();
  const portal = usePortalEntries(account);
  const things = useThings(account, typed);
  const settings = useSettings(account, typed);
  const commands = useThingCommands(typed, things.sessions, stop);
  const tokens = tokensOf(typed);
  const known = new Map([...portal, ...settings, ...things.entries].map((entry) => [entry.id, entry]));
  const recent =
    tokens.length > 0
      ? []
      : recentOf(account.id).flatMap(({ id, name, path }): Entry[] => {
          const entry = known.get(id);
          if (entry) return [{ ...entry, group: "recent" }];
          // Not among what is at hand; its address is enough. A command for a thing is only found by words.
          return path === null ? [] : [{ id, group: "recent", icon: IconClock, name, path }];
        });
  const taken = new Set(recent.map(({ id }) => id));
  const others = answering([...portal, ...settings, ...things.entries, ...commands], tokens).filter(
    ({ id }) => !taken.has(id),
  );
  return {
    entries: [...recent, ...inGroups(others, tokens.length > 0)],
    asking: things.asking,
    language: i18n.language,
  };
}

/** Together by group, in the order in which the groups are wanted: by words, what is found before what can be done. */
function inGroups(entries: readonly Entry[], byWords: boolean): Entry[] {
  const order = byWords
    ? (["places", "workspaces", "sessions", "people", "groups", "commands"] as const)
    : (["places", "commands"] as const);
  return order.flatMap((group) => entries.filter((entry) => entry.group === group));
}
