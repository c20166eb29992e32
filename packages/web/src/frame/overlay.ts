import { useSyncExternalStore } from "react";

/** What can lie over any page, one at a time. */
export type Overlay = "palette" | "shortcuts" | "new-workspace" | "tour";

let shown: Overlay | null = null;
const listeners = new Set<() => void>();

/** Null: none. */
export function showOverlay(next: Overlay | null): void {
  if (next === shown) return;
  shown = next;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const current = (): Overlay | null => shown;

export const useOverlay = (): Overlay | null => useSyncExternalStore(subscribe, current);
