import { type KeyboardEvent, useRef } from "react";
import type { FileEntry } from "../../api/types.ts";
import { foldedStart } from "./file-path.ts";
import { everything, extend, nothing, type Selection, toggle } from "./selection.ts";

interface FileKeys {
  readonly entries: readonly FileEntry[];
  readonly selection: Selection;
  readonly writable: boolean;
  select(selection: Selection): void;
  /** Brings a row into view and gives it the focus. */
  lead(path: string): void;
  rename(entry: FileEntry): void;
  remove(path: string): void;
  /** To the folder above. */
  up(): void;
}

/** Where the focus of a row rests: its name. */
const rowAttribute = "data-row";
const rowOf = (target: EventTarget): string | null =>
  target instanceof HTMLElement ? target.getAttribute(rowAttribute) : null;

/** Rows that Page Up and Page Down pass over. */
const screenful = 12;
/** Letters typed faster than this are one word. */
const oneWordMs = 700;

/**
 * The list by keyboard: arrows, Page Up and Down, Home and End move, Shift with them chooses on the way, Space
 * chooses, Ctrl+A all, Escape none, letters lead to a name, F2 renames, Delete throws away, Backspace goes up. Enter is
 * the link's own.
 */
export function useFileKeys(keys: FileKeys) {
  const { entries, selection, select } = keys;
  const typed = useRef({ text: "", at: 0 });
  const openable = () => entries.filter((entry) => entry.openable).map(({ path }) => path);
  const go = (event: KeyboardEvent, from: string, to: number) => {
    const path = entries[Math.min(entries.length - 1, Math.max(0, to))]?.path;
    if (path === undefined) return;
    if (event.shiftKey) select(extend(selection.anchor === null ? toggle(nothing, from) : selection, path, openable()));
    keys.lead(path);
  };
  // By when keys were pressed, however late the page comes to look at them.
  const isTyping = (now: number) => typed.current.text !== "" && now - typed.current.at < oneWordMs;
  /** The next one that begins so; the row itself too while a word grows. */
  const find = (letter: string, at: number, now: number) => {
    const grows = isTyping(now);
    typed.current = { text: (grows ? typed.current.text : "") + letter, at: now };
    const { text } = typed.current;
    const start = grows && text.length > 1 ? at : at + 1;
    const found = [...entries.slice(start), ...entries.slice(0, start)].find(({ name }) => foldedStart(name, text));
    if (found) keys.lead(found.path);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const path = rowOf(event.target);
    if (path === null || event.altKey) return;
    const at = entries.findIndex((entry) => entry.path === path);
    const entry = entries[at];
    const command = event.ctrlKey || event.metaKey;
    const done: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(event, path, at + 1),
      ArrowUp: () => go(event, path, at - 1),
      PageDown: () => go(event, path, at + screenful),
      PageUp: () => go(event, path, at - screenful),
      Home: () => go(event, path, 0),
      End: () => go(event, path, entries.length - 1),
      Backspace: keys.up,
      " ": () => select(event.shiftKey ? extend(selection, path, openable()) : toggle(selection, path)),
      ...(command ? { a: () => select(everything(openable())) } : {}),
      ...(selection.paths.size > 0 ? { Escape: () => select(nothing) } : {}),
      ...(keys.writable && entry?.openable ? { F2: () => keys.rename(entry), Delete: () => keys.remove(path) } : {}),
    };
    const now = event.timeStamp;
    // A space in a word that is being typed is one of its letters.
    const isLetter = event.key.length === 1 && !command && (event.key !== " " || isTyping(now));
    const act = isLetter ? () => find(event.key, at, now) : done[event.key];
    if (!act || (command && event.key !== "a")) return;
    event.preventDefault();
    act();
  };
  return { onKeyDown };
}
