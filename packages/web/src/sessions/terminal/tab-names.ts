import { useSyncExternalStore } from "react";
import { onLeaving } from "../../pieces/forget-person.ts";

/** What somebody calls their terminals, by session: in this browser only, and of the newest ones. */
type Names = Readonly<Record<string, string>>;

const key = "stoa.terminal-names";
const mostNames = 100;
const listeners = new Set<() => void>();
let names: Names = read();

function read(): Names {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
    if (typeof kept !== "object" || kept === null) return {};
    return Object.fromEntries(Object.entries(kept).filter(([, name]) => typeof name === "string"));
  } catch {
    return {};
  }
}

/** With this session called so; an empty name takes its own away. The oldest go once there are too many. */
export function withName(all: Names, sessionId: number, name: string): Names {
  const { [sessionId]: _, ...others } = all;
  const text = name.trim().slice(0, 60);
  const next = text === "" ? others : { ...others, [sessionId]: text };
  return Object.fromEntries(
    Object.entries(next)
      .toSorted(([a], [b]) => Number(b) - Number(a))
      .slice(0, mostNames),
  );
}

export function renameTab(sessionId: number, name: string): void {
  names = withName(names, sessionId, name);
  try {
    localStorage.setItem(key, JSON.stringify(names));
  } catch {
    // Not kept then.
  }
  for (const listener of listeners) listener();
}

// Else the next one's first name would bring them all back.
onLeaving(() => {
  names = {};
  for (const listener of listeners) listener();
});

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useTabNames = (): Names => useSyncExternalStore(subscribe, () => names);
