import type { VirtualItem } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef } from "react";
import classes from "./long-list.module.css";

interface GhostRowsProps {
  /** Rows that have a place in view and are not drawn yet. */
  readonly items: readonly VirtualItem[];
  /** What the row is called; left out: a bar stands for it. */
  readonly nameOf: ((index: number) => string) | undefined;
  /** Pixels from the document's top to the list's. */
  readonly scrollMargin: number;
  readonly columns: number;
  readonly lines: boolean;
}

/**
 * What can be seen of rows that fly by: their names, each in its place. There are as many elements as fit the view, and
 * those that leave it serve for those that come: a text each is all that a frame costs. Assistive technology is told of
 * the rows themselves, once they are there.
 */
export function GhostRows({ items, nameOf, scrollMargin, columns, lines }: GhostRowsProps) {
  const place = useRef<HTMLDivElement>(null);
  const used = useRef(new Map<VirtualItem["key"], HTMLElement>());
  useLayoutEffect(() => {
    const before = used.current;
    const now = new Map<VirtualItem["key"], HTMLElement>();
    for (const { key } of items) {
      const ghost = before.get(key);
      if (ghost) now.set(key, ghost);
      before.delete(key);
    }
    const free = [...before.values()];
    for (const item of items) {
      const known = now.get(item.key);
      const ghost = known ?? free.pop() ?? makeGhost(place.current);
      now.set(item.key, ghost);
      // Of a text that stays what it is only its letters are laid out anew.
      if (!known && nameOf) (ghost.firstChild as Text).data = nameOf(item.index);
      put(ghost, "transform", `translateY(${item.start - scrollMargin}px)`);
      put(ghost, "blockSize", `${item.size}px`);
      put(ghost, "insetInlineStart", `${(item.lane * 100) / columns}%`);
      put(ghost, "inlineSize", `${100 / columns}%`);
    }
    for (const ghost of free) ghost.remove();
    used.current = now;
  }, [items, nameOf, scrollMargin, columns]);
  return (
    <div
      ref={place}
      className={classes.ghosts}
      data-lines={lines || undefined}
      data-nameless={nameOf === undefined || undefined}
      aria-hidden="true"
    />
  );
}

function makeGhost(place: HTMLElement | null): HTMLElement {
  const ghost = document.createElement("div");
  ghost.append("");
  place?.append(ghost);
  return ghost;
}

/** To write a style that it has already would have the browser work it out again. */
function put(ghost: HTMLElement, name: "transform" | "blockSize" | "insetInlineStart" | "inlineSize", value: string) {
  if (ghost.style[name] !== value) ghost.style[name] = value;
}
