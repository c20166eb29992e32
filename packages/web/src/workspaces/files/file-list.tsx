import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FileEntry } from "../../api/types.ts";
import { focusTitle } from "../../pieces/focus-title.ts";
import { withFocused } from "../../pieces/long-rows.tsx";
import { useFocusStays } from "../../pieces/use-focus-stays.ts";
import type { FileVerbs } from "./file-asks.ts";
import classes from "./files.module.css";
import { extend, meant, type Selection, toggle } from "./selection.ts";
import { useFileKeys } from "./use-file-keys.ts";

/** What a row is told of its place in the list. */
export interface ListedRow<Entry extends FileEntry> {
  readonly entry: Entry;
  readonly chosen: boolean;
  /** Whether the Tab key stops at it. */
  readonly stops: boolean;
  /** What a drag that begins on this row takes along. */
  dragged(): readonly string[];
  onChoose(event: MouseEvent | null): void;
}

interface FileListProps<Entry extends FileEntry> {
  readonly label: string;
  readonly entries: readonly Entry[];
  /** Whether these are all that there are. */
  readonly complete: boolean;
  readonly selection: Selection;
  /** What keys do to a row, where it is writable. */
  readonly verbs: Pick<FileVerbs, "ask" | "remove"> | null;
  /** The row that is to get the focus: who looked into a file comes back to it. */
  readonly returnTo: string | null;
  /** Draws one; a list item is around it. */
  readonly row: (row: ListedRow<Entry>) => ReactNode;
  select(selection: Selection): void;
  onUp(): void;
}

/** Pixels of a usual row. */
const rowHeight = 52;

/** The rows of a folder near the view, in a list as high as if all were there; walked by mouse and keyboard alike. */
export function FileList<Entry extends FileEntry>(props: FileListProps<Entry>) {
  const { entries, selection, verbs, select, returnTo } = props;
  const { t } = useTranslation();
  const list = useRef<HTMLUListElement | null>(null);
  const [active, setActive] = useState<string | null>(returnTo);
  const activeAt = entries.findIndex(({ path }) => path === active);
  const virtual = useWindowVirtualizer<HTMLLIElement>({
    count: entries.length,
    estimateSize: () => rowHeight,
    getItemKey: (at) => entries[at]?.path ?? at,
    scrollMargin: useTop(list),
    overscan: 8,
    directDomUpdates: true,
    rangeExtractor: (range) => withFocused(range, activeAt),
  });
  const lead = (path: string) => {
    const at = entries.findIndex((entry) => entry.path === path);
    setActive(path);
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
    void focusRow(list, path);
  };
  useEffect(() => {
    if (returnTo !== null) void focusRow(list, returnTo).then((found) => found || focusTitle());
  }, [returnTo]);
  const paths = useMemo(() => entries.map(({ path }) => path), [entries]);
  useFocusStays(list, paths, active, lead);
  const order = () => entries.filter(({ openable }) => openable).map(({ path }) => path);
  const { onKeyDown } = useFileKeys({
    entries,
    selection,
    writable: verbs !== null,
    select,
    lead,
    rename: (entry) => verbs?.ask({ kind: "rename", entry }),
    remove: (path) => verbs?.remove(meant(selection, path)),
    up: props.onUp,
  });
  return (
    <>
      <p className="visually-hidden" id="file-keys">
        {t(verbs === null ? "files.keysToLook" : "files.keys")}
      </p>
      <ul
        ref={(node) => {
          list.current = node;
          virtual.containerRef(node);
        }}
        className={classes.list}
        aria-label={props.label}
        aria-describedby="file-keys"
        onKeyDown={onKeyDown}
        onFocus={({ target }) => setActive((before) => rowPath(target) ?? before)}
      >
        {virtual.getVirtualItems().map(({ index }) => {
          const entry = entries[index];
          return (
            entry && (
              <li
                key={entry.path}
                ref={virtual.measureElement}
                data-index={index}
                data-path={entry.path}
                aria-posinset={index + 1}
                aria-setsize={props.complete ? entries.length : -1}
              >
                {props.row({
                  entry,
                  chosen: selection.paths.has(entry.path),
                  // One stop of the Tab key for the whole list: arrows lead on from it.
                  stops: activeAt < 0 ? index === 0 : index === activeAt,
                  dragged: () => meant(selection, entry.path),
                  onChoose: (event) =>
                    select(event?.shiftKey ? extend(selection, entry.path, order()) : toggle(selection, entry.path)),
                })}
              </li>
            )
          );
        })}
      </ul>
    </>
  );
}

const rowPath = (target: Element): string | null => target.closest("[data-path]")?.getAttribute("data-path") ?? null;

/** Pixels from the document's top to the list's, whatever comes and goes above it. */
function useTop(list: { readonly current: HTMLElement | null }): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const look = () => {
      if (list.current) setTop(Math.round(list.current.getBoundingClientRect().top + window.scrollY));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [list]);
  return top;
}

/** A row's name gets the focus once it is in the document, a few frames after it came into view. */
async function focusRow(list: { readonly current: HTMLElement | null }, path: string): Promise<boolean> {
  for (let frames = 0; frames < 30; frames++) {
    const row = list.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(path)}"]`);
    if (row) {
      row.focus({ preventScroll: true });
      return true;
    }
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return false;
}
