import type { KeyboardEvent } from "react";
import type { FileEntry } from "../../api/types.ts";
import { everything, extend, nothing, type Selection, toggle } from "./selection.ts";

interface FileKeys {
  readonly entries: readonly FileEntry[];
  readonly selection: Selection;
  readonly writable: boolean;
  select(selection: Selection): void;
  rename(entry: FileEntry): void;
  remove(path: string): void;
}

/** Where the focus of a row rests: its name. */
const rowAttribute = "data-row";
const rowOf = (target: EventTarget): string | null =>
  target instanceof HTMLElement ? target.getAttribute(rowAttribute) : null;

/**
 * The list by keyboard: arrows, Home and End move, Shift with them chooses on the way, Space chooses, Ctrl+A all,
 * Escape none, F2 renames, Delete throws away. Enter is the link's own.
 */
export function useFileKeys(keys: FileKeys) {
  const { entries, selection, select } = keys;
  const order = entries.map(({ path }) => path);
  const go = (event: KeyboardEvent, from: string, to: number) => {
    const path = order[Math.min(order.length - 1, Math.max(0, to))];
    if (path === undefined) return;
    if (event.shiftKey) {
      select(extend(selection.anchor === null ? toggle(nothing, from) : selection, path, order));
    }
    event.currentTarget.querySelector<HTMLElement>(`[${rowAttribute}="${CSS.escape(path)}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const path = rowOf(event.target);
    if (path === null || event.altKey) return;
    const at = order.indexOf(path);
    const entry = entries[at];
    const command = event.ctrlKey || event.metaKey;
    const done: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(event, path, at + 1),
      ArrowUp: () => go(event, path, at - 1),
      Home: () => go(event, path, 0),
      End: () => go(event, path, order.length - 1),
      " ": () => select(event.shiftKey ? extend(selection, path, order) : toggle(selection, path)),
      ...(command ? { a: () => select(everything(order)) } : {}),
      ...(selection.paths.size > 0 ? { Escape: () => select(nothing) } : {}),
      ...(keys.writable && entry?.openable ? { F2: () => keys.rename(entry), Delete: () => keys.remove(path) } : {}),
    };
    const act = done[event.key];
    if (!act || (command && event.key !== "a")) return;
    event.preventDefault();
    act();
  };
  return { onKeyDown };
}
