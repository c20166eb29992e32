import { useEffect, useState } from "react";

/** Pixels from one frame to the next, of which a wheel makes forty and a finger a hundred: nobody reads what flies by. */
const fast = 200;
/** Milliseconds without a scroll after which the page stands. */
const still = 120;
/** Rows a frame that are drawn whole once it does. */
const atOnce = 2;

let flying = false;
let lastTop = 0;
let timer = 0;
/** The frame in which the next are filled; 0: none is asked for. */
let filling = 0;
const waiting = new Set<() => void>();

function land(): void {
  flying = false;
  fillSoon();
}

/** However many rows ask for it, there is one filling a frame. */
function fillSoon(): void {
  if (filling === 0 && waiting.size > 0) filling = requestAnimationFrame(fillSome);
}

function fillSome(): void {
  filling = 0;
  if (flying) return;
  for (const fill of [...waiting].slice(0, atOnce)) {
    waiting.delete(fill);
    fill();
  }
  fillSoon();
}

function onScroll(): void {
  const way = Math.abs(window.scrollY - lastTop);
  lastTop = window.scrollY;
  clearTimeout(timer);
  const wasFlying = flying;
  flying = way > fast;
  if (flying) timer = window.setTimeout(land, still);
  else if (wasFlying) land();
}

// Before the lists hear of it: they draw rows in answer.
if (typeof window !== "undefined") window.addEventListener("scroll", onScroll, { capture: true, passive: true });

/**
 * For a row of a long list: true while it came into view as the window was scrolled faster than one can read. It then
 * shows what it is called, and all the rest once the list is slower: to draw ten rows whole in each frame would make
 * the scrolling stutter.
 */
export function useBrief(): boolean {
  const [brief, setBrief] = useState(flying);
  useEffect(() => {
    if (!brief) return;
    const fill = () => setBrief(false);
    waiting.add(fill);
    // It may have come to rest between the drawing and now.
    if (!flying) fillSoon();
    return () => void waiting.delete(fill);
  }, [brief]);
  return brief;
}
