import { useEffect, useRef } from "react";
import type { FileEntry } from "../../api/types.ts";

/** Milliseconds after which the focus is looked for: a menu or a dialog gives it back to what is gone by then. */
const looks = [0, 200, 500];

/**
 * Where rows go away from under the keyboard (deleted, moved) the focus stays in the list: at the row it was on, or the
 * one that came into its place.
 * @param active the row that had the focus last
 */
export function useFocusStays(
  list: { readonly current: HTMLElement | null },
  entries: readonly FileEntry[],
  active: string | null,
  lead: (path: string) => void,
): void {
  const before = useRef<readonly string[]>([]);
  const latest = useRef({ active, lead });
  useEffect(() => {
    latest.current = { active, lead };
  });
  useEffect(() => {
    const paths = entries.map(({ path }) => path);
    const was = before.current;
    before.current = paths;
    const next = heir(was, paths, latest.current.active);
    if (next === undefined) return;
    const timers = looks.map((ms) => setTimeout(() => isLost(list.current) && latest.current.lead(next), ms));
    return () => timers.forEach(clearTimeout);
  }, [entries, list]);
}

/** The row that takes over once some are gone; undefined: none is, or the keyboard never was in the list. */
export function heir(was: readonly string[], now: readonly string[], active: string | null): string | undefined {
  const there = new Set(now);
  const at = active === null ? -1 : was.indexOf(active);
  if (active === null || at < 0 || was.every((path) => there.has(path))) return undefined;
  return was.slice(at).find((path) => there.has(path)) ?? was.slice(0, at).findLast((path) => there.has(path));
}

/** On nothing, or on the page's title, where a page sends it that knows no better. */
function isLost(list: HTMLElement | null): boolean {
  const { activeElement, body } = document;
  if (list === null || activeElement?.closest('[role="dialog"]')) return false;
  return activeElement === null || activeElement === body || activeElement.matches("[data-page-title]");
}
