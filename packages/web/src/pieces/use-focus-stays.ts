import { useEffect, useRef } from "react";

/** Milliseconds after which the focus is looked for: a menu or a dialog gives it back to what is gone by then. */
const looks = [0, 200, 500];

/**
 * Where rows go away from under the keyboard (deleted, moved) the focus stays in the list: at the row it was on, though
 * what had it there is gone, or the one that came into its place.
 * @param keys of all rows, memoised: another list of them is looked at anew
 * @param active the row that had the focus last
 */
export function useFocusStays<Key extends string | number>(
  list: { readonly current: HTMLElement | null },
  keys: readonly Key[],
  active: Key | null,
  lead: (key: Key) => void,
): void {
  const before = useRef<readonly Key[]>([]);
  const isHeld = useHeld(list);
  const latest = useRef({ active, lead });
  useEffect(() => {
    latest.current = { active, lead };
  });
  useEffect(() => {
    const was = before.current;
    before.current = keys;
    const { active } = latest.current;
    const next = heir(was, keys, active) ?? keys.find((key) => key === active && isHeld.current);
    if (next === undefined) return;
    const timers = looks.map((ms) => setTimeout(() => isLost(list.current) && latest.current.lead(next), ms));
    return () => timers.forEach(clearTimeout);
  }, [keys, list, isHeld]);
}

/** Whether the list had the focus last: nothing outside it was given it since. */
function useHeld(list: { readonly current: HTMLElement | null }): { readonly current: boolean } {
  const held = useRef(false);
  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      held.current = target instanceof Node && list.current?.contains(target) === true;
    };
    document.addEventListener("focusin", onFocus);
    return () => document.removeEventListener("focusin", onFocus);
  }, [list]);
  return held;
}

/** The row that takes over once some are gone; undefined: none is, or the keyboard never was in the list. */
export function heir<Key>(was: readonly Key[], now: readonly Key[], active: Key | null): Key | undefined {
  const at = active === null ? -1 : was.indexOf(active);
  if (active === null || at < 0) return undefined;
  const there = new Set(now);
  if (was.every((key) => there.has(key))) return undefined;
  return was.slice(at).find((key) => there.has(key)) ?? was.slice(0, at).findLast((key) => there.has(key));
}

/** On nothing, or on the page's title, where a page sends it that knows no better. */
function isLost(list: HTMLElement | null): boolean {
  const { activeElement, body } = document;
  if (list === null || activeElement?.closest('[role="dialog"]')) return false;
  return activeElement === null || activeElement === body || activeElement.matches("[data-page-title]");
}
