import type { VirtualItem } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useReducer, useRef } from "react";
import { isFlying, onLanding } from "./flight.ts";

/** Rows that are drawn in one frame besides those that are there. */
const atOnce = 3;

interface View {
  /** The first and the last of the rows that can be seen, of which there are more to be drawn. */
  readonly startIndex: number;
  readonly endIndex: number;
}

type Item = Pick<VirtualItem, "index" | "key">;

/**
 * Of the rows near the view those that are drawn now: all that were, and few of the others, those in view first. To
 * draw a screen of them in one frame would make the scrolling stutter; while it flies by none comes to be drawn at all.
 * @returns also those that are left and could be seen
 */
export function staged<I extends Item>(
  wanted: readonly I[],
  drawn: ReadonlySet<I["key"]>,
  { startIndex, endIndex }: View,
  budget: number,
): { readonly now: readonly I[]; readonly missing: readonly I[]; readonly done: boolean } {
  const missing = wanted.filter(({ key }) => !drawn.has(key));
  if (missing.length <= budget) return { now: wanted, missing: [], done: true };
  const isInView = ({ index }: I) => index >= startIndex && index <= endIndex;
  const next = new Set([...missing.filter(isInView), ...missing.filter((one) => !isInView(one))].slice(0, budget));
  return {
    now: wanted.filter((one) => drawn.has(one.key) || next.has(one)),
    missing: missing.filter((one) => isInView(one) && !next.has(one)),
    done: false,
  };
}

/** `staged`, from frame to frame until all are drawn. The first time all are at once: a page is opened whole. */
export function useStaged<I extends Item>(wanted: readonly I[], view: View | null) {
  const drawn = useRef<ReadonlySet<I["key"]> | null>(null);
  const [, goOn] = useReducer((count: number) => count + 1, 0);
  const budget = drawn.current === null || view === null ? Number.POSITIVE_INFINITY : isFlying() ? 0 : atOnce;
  const known = drawn.current ?? new Set();
  const { now, missing, done } = staged(wanted, known, view ?? { startIndex: 0, endIndex: 0 }, budget);
  useLayoutEffect(() => {
    if (now.length > 0 || drawn.current !== null) drawn.current = new Set(now.map(({ key }) => key));
  }, [now]);
  useEffect(() => {
    if (done) return;
    if (isFlying()) return onLanding(goOn);
    const frame = requestAnimationFrame(goOn);
    return () => cancelAnimationFrame(frame);
  });
  return { now, missing };
}
