import { useSyncExternalStore } from "react";

/** What can lie over any page, one at a time. */
export type Overlay = "palette" | "shortcuts" | "new-workspace" | "tour";

let shown: Overlay | null = null;
/** What was typed since the palette was asked for, until its field stood. */
let ahead = "";
const listeners = new Set<() => void>();

/** Null: none. */
export function showOverlay(next: Overlay | null): void {
  if (next === shown) return;
  shown = next;
  ahead = "";
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function typeAhead(change: (typed: string) => string): void {
  ahead = change(ahead);
}

/** What was typed before the field stood; once. */
export function takeAhead(): string {
  const typed = ahead;
  ahead = "";
  return typed;
}

export const shownOverlay = (): Overlay | null => shown;

export const useOverlay = (): Overlay | null => useSyncExternalStore(subscribe, shownOverlay);
